"""RFC 9457 problem documents: what the portal says when it does not do what it was asked."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import JSONResponse

TITLES: Final = {
    "malformed": "The request is not an envelope in the contract's form.",
    "wrong_id": "The address names another envelope than the header.",
    "unknown_device": "No kiosk with this key is enrolled here.",
    "revoked_device": "This kiosk's key has been withdrawn.",
    "bad_signature": "The signature is not the enrolled device's.",
    "digest_mismatch": "The bytes do not have the digest that was announced.",
    "wrong_chunks": "The chunks do not add up to the size in the header.",
    "unknown_recipient": "The envelope is sealed to none of this portal's keys.",
    "conflict": "Another envelope holds this id or this place in its case.",
    "unknown_envelope": "No such envelope has been announced.",
    "unknown_chunk": "The envelope has no chunk of this number.",
    "chunks_missing": "Some chunks have not arrived yet.",
    "wrong_code": "The code is unknown, used, too old, or another kiosk's.",
    "bad_request_for_certificate": "The signing request is not one for an elliptic-curve key, or not signed by it.",
    "certificate_needed": "Kiosks must show their client certificate here.",
    "unknown_enquiry": "No such enquiry waits here; ask again.",
    "unknown_sign_in": "No such sign-in waits here; begin again.",
    "known_sign_in": "This sign-in has begun already.",
    "unknown_reading": "No such reading of a card waits here; ask for a new token.",
    "known_reading": "This reading has begun already.",
    "artifact_refused": "The broker gives nothing for this; ask for a new token.",
    "not_offered": "No gateway is configured for this way to send a slip.",
    "slip_sent_enough": "This slip has been sent as often as one may be.",
    "too_many_messages": "This kiosk has sent as many slips as it may in an hour.",
    "unknown_message": "No such message is known here.",
    "unknown_bill": "There is no such bill.",
    "wrong_amount": "The amount is not the bill's.",
    "slot_full": "No place is left at this time.",
    "too_large": "The body is larger than this call takes.",
    "too_slow": "The body did not arrive in time.",
    "too_many": "Too many requests; wait a little.",
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "This address does not take this method.",
    "internal": "The portal failed; nothing was taken.",
    "busy": "The portal cannot take anything just now.",
}


@dataclass(frozen=True)
class Problem:
    """An answer that is not success: HTTP status, the contract's code, and for whom it helps a detail."""

    status: int
    code: str
    detail: str = ""

    def response(self) -> JSONResponse:
        """As application/problem+json."""
        body = {
            "type": f"urn:kiosk-portal:problem:{self.code}",
            "title": TITLES[self.code],
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        headers = {"Retry-After": "1"} if self.status in (429, 503) else None
        return JSONResponse(body, self.status, headers, "application/problem+json")
