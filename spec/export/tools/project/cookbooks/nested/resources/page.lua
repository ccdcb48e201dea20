return resource {
  doc = "A page.",
  properties = { text = property.string { required = true, doc = "Its text." } },
  actions = {
    create = function(self)
      file(`/srv/nested/{self.name}.txt`) { content = `{self.text}\n` }
      file(`/srv/nested/{self.name}.bak`) { content = `{self.text}\n` }
    end,
  },
}
