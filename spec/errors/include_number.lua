include_recipe(5)
