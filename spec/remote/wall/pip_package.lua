package "python3-venv"
python_venv "/srv/wall/tools" {}
pip_package "gunicorn" { virtualenv = "/srv/wall/tools", options = { "--no-index", "--find-links", "/srv/repo/wheels" } }
