"""One call to someone else's JSON interface, and what its failures mean. Shared by plug-ins that may not know one another."""

from .call import call, patient
from .origin import site
from .post import address, post, said

__all__ = ["address", "call", "patient", "post", "said", "site"]
