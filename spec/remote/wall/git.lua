package "git"
execute "git init -q up && git -C up -c user.name=a -c user.email=b commit -q --allow-empty -m one" {
  cwd = "/srv/wall", creates = "/srv/wall/up",
}
git "/srv/wall/copy" { repository = "/srv/wall/up" }
