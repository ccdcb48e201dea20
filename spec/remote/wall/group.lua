group "wall-group"
