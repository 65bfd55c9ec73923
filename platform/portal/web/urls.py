"""Addresses of the home page and of the developer page."""

from django.urls import path

from portal.web import allocation, crawlers, developers, funnel, islands, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", crawlers.sitemap_part, name="sitemap_part"),
    path("islands/", islands.island_organisations, name="islands"),
    path("islands/needs/", islands.island_needs, name="island_needs"),
    path("islands/results/", islands.island_results, name="island_results"),
    path("islands/nodes/", islands.island_nodes, name="island_nodes"),
    path("islands/needs/<uuid:pk>/", islands.island_need, name="island_need"),
    path("islands/organisations/<uuid:pk>/", islands.island_organisation, name="island_organisation"),
    path("allocation/", allocation.allocation_page, name="allocation"),
    path("funnel/", funnel.funnel_page, name="funnel"),
    path("developers/", developers.overview, name="developers"),
    path("developers/session.py", developers.session, name="developers_session"),
    path("developers/<slug:thing>/", developers.operations, name="developers_operations"),
]
