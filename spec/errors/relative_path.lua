file "relative"
