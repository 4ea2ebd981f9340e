"""What the signers of exchanges begin with: the key's id for a header, what signs bytes, and the exchange's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from accesscfg.exchanges.base import ExchangeClock
from accesscfg.exchanges.credentials import header_text, signing_key
from accesscfg.model.profile import Profile

if TYPE_CHECKING:
    from accesscfg.secrets import Credential


class KeySigner(httpx.Auth):
    """Signs with one credential; `auth_flow` is each exchange's own.

    `base_path` is the part of the URL's path before the exchange's own, for those that sign the path. Raises
    ExchangeError(Trouble.SECRETS) when the credential cannot sign here.
    """

    requires_request_body = True

    def __init__(
        self, profile: Profile, credential: Credential, clock: ExchangeClock, base_path: str
    ) -> None:
        self._api_key = header_text(credential.api_key, "api_key")
        self._key = signing_key(credential, profile.credential_kinds)
        self._clock = clock
        self._base = base_path.rstrip("/").encode()
