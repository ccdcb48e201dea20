-- Python as the distribution ships it. Projects get their packages into virtual environments: see `python_venv`.

local names = (require "./names").of(node.platform_family)

package(names.python)

if node.python.headers then
  package(names.headers)
end
