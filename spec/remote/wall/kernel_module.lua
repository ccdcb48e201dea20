directory "/srv/wall/modprobe"
kernel_module "wall" { unload_dir = "/srv/wall/modprobe", action = "disable" }
