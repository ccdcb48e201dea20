-- RabbitMQ, running, and the program that the custom resources ask and change it with.

package(node.names.rabbitmq.packages)

cookbook_file "/usr/local/sbin/rabbitmq-setting" {
  source = "rabbitmq-setting",
  mode = "0755",
  diff = false,
  why = "the custom resources ask the broker with it, and change what differs",
}

service(node.names.rabbitmq.service) { action = { "enable", "start" } }
