"""A secret does not show, whichever way it is looked at."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback

import pytest

from accesscfg.secrets import Credential, Secret

TEXT = "MARKED-SECRET"


def test_it_is_masked_wherever_it_is_turned_into_text(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(TEXT)
    credential = Credential(secret, secret)
    logging.getLogger("test").warning("%s %r", secret, credential)
    shown = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret:>30}",
        f"{secret!r}",
        f"{[secret]}",
        repr(credential),
    ]
    assert all("***" in text and TEXT not in text for text in [*shown, caplog.text])
    assert secret.reveal() == TEXT


def test_it_equals_only_a_secret_of_the_same_text() -> None:
    assert Secret(TEXT) == Secret(TEXT)
    assert Secret(TEXT) != Secret("other")
    assert Secret(TEXT) != TEXT
    assert Secret("\ud800é") == Secret("\ud800é")
    assert Credential(Secret("k"), Secret("s")) == Credential(Secret("k"), Secret("s"))


def test_it_cannot_be_carried_away_by_accident() -> None:
    secret = Secret(TEXT)
    for attempt in (pickle.dumps, json.dumps, hash, copy.deepcopy):
        with pytest.raises(TypeError) as caught:
            attempt(secret)
        assert TEXT not in str(caught.value)
    with pytest.raises(TypeError):
        "+".join([secret])  # type: ignore[list-item]
    assert not hasattr(secret, "__dict__")


def test_a_traceback_with_locals_does_not_show_it() -> None:
    def fails(secret: Secret) -> None:
        raise RuntimeError("fails")

    try:
        fails(Secret(TEXT))
    except RuntimeError as error:
        lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
        assert TEXT not in "".join(lines).replace("TEXT = 'MARKED-SECRET'", "")
