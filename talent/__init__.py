"""Talent: competence profiles, courses, rotation, the expert pool. Its tables come with the first of them."""
