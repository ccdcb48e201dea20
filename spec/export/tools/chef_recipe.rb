# Evaluates a recipe as Chef does, with its words for nothing but themselves: prints each resource, its properties and whom it
# notifies. Arguments: the recipe, and a file with the data bag item as JSON.
require 'json'

class Chef; end

class DeclaredResource
  def initialize(kind, name)
    puts "#{kind}[#{name}]"
  end

  def respond_to_missing?(*)
    true
  end

  def method_missing(word, *values)
    puts "  #{word} #{values.map(&:inspect).join(', ')}"
  end
end

class DeclaredRecipe
  def initialize(item)
    @item = item
  end

  def node
    { 'platform' => 'debian', 'platform_version' => '12.5' }
  end

  def data_bag_item(bag, item)
    raise "there is no item #{item} in a data bag #{bag}" unless [bag, item] == %w[secrets exported]

    @item
  end

  def method_missing(kind, name, &block)
    DeclaredResource.new(kind, name).instance_eval(&block)
  end
end

recipe, item = ARGV
DeclaredRecipe.new(JSON.parse(File.read(item))).instance_eval(File.read(recipe), recipe)
