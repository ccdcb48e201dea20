package "python3-venv"
python_venv "/srv/wall/venv"
