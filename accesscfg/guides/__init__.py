"""Guided manual fixes: from the declaration and what was seen to the steps on an exchange's website. Pure functions.

What a form holds changes the key only when the form is saved, and the order of the visits keeps every state on the
way within before and after: rights are revoked, addresses changed, rights granted; a form that saves rights and
addresses together is one step.
"""

from __future__ import annotations

from accesscfg.guides.make import make_guide
from accesscfg.guides.subject import GuideSubject
from accesscfg.guides.verify import in_vain, verify

__all__ = ["GuideSubject", "in_vain", "make_guide", "verify"]
