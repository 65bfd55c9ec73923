"""Who sees opportunities across chains, and who dismisses one (R122)."""

from __future__ import annotations

from core.access import policy
from needs.models.opportunity import Opportunity
from needs.queries.opportunity import opportunities_visible_to
from needs.rules.matching import acts_for_anyone

policy.register({"needs.dismiss_opportunity": acts_for_anyone})
policy.visible(Opportunity, "needs.view_opportunity", opportunities_visible_to)
