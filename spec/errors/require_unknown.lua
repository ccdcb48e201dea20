require "./utlis"
--- file: libraries/utils.lua
return {}
