require "@ngnix"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
