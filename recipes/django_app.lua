-- A Django site on this machine: chefrs run -r django_app
--
-- As it stands it deploys a small guest book, so that you see something work. For your own project put this into
-- chefrs.toml and run it again:
--
--     [attributes.django_app]
--     name = "blog"                     # user, /srv/blog, blog-manage
--     domain = "blog.example.org"       # the host name that visitors type
--     source.path = "./mysite"          # a directory beside chefrs.toml, or:
--     # source.git = "https://example.org/blog.git"
--     # source.revision = "v1.4"
--     environment = { EMAIL_HOST = "mail.example.org" }
--
-- `chefrs explain django_app` shows all that can be set, and where each value comes from.

include_recipe "django_app::default"
