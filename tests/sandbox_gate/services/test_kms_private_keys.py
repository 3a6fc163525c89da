"""Keys that sign, whose private keys the sandbox makes when they are first used."""

from __future__ import annotations

import pytest

from tests.sandbox_gate.conftest import Clients


@pytest.mark.parametrize(
    ("spec", "algorithm"), [("RSA_2048", "RSASSA_PSS_SHA_256"), ("ECC_NIST_P256", "ECDSA_SHA_256")]
)
def test_signature_is_of_the_public_key_that_was_read_before(
    aws: Clients, spec: str, algorithm: str
) -> None:
    kms = aws("kms")
    key = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    public = kms.get_public_key(KeyId=key)["PublicKey"]
    signing = {"KeyId": key, "Message": b"text", "SigningAlgorithm": algorithm}

    signature = kms.sign(**signing)["Signature"]

    assert kms.verify(**signing, Signature=signature)["SignatureValid"]
    assert kms.get_public_key(KeyId=key)["PublicKey"] == public
    other = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    assert kms.get_public_key(KeyId=other)["PublicKey"] != public
