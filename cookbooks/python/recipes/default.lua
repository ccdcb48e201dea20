-- Python as the distribution ships it. Projects get their packages into virtual environments: see `python_venv`.

package(node.names.python.packages)

if node.python.headers then
  package(node.names.python.headers)
end
