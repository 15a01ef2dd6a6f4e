"""The worked examples of ICAO 9303-11: appendix D (BAC and secure messaging) and G (PACE), byte for byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware.cards.apdu import Command, read_binary
from hardware.cards.emrtd import bac, ec, mapping, pace
from hardware.cards.emrtd.curves import BY_NAME
from hardware.cards.emrtd.mrz import MrzKey
from hardware.cards.emrtd.secure_messaging import SecureChannel
from hardware.cards.emrtd.suites import TRIPLE_DES, pad
from hardware.cards.faults import CardError

EXAMPLE_D = MrzKey("L898902C", "690806", "940623")
EXAMPLE_G = MrzKey("T22000129", "640812", "101031")


def fixed(*values: str) -> Callable[[int], bytes]:
    """A source of randomness that says what the examples drew."""
    left = [bytes.fromhex(value) for value in values]

    def draw(count: int) -> bytes:
        value = left.pop(0)
        assert len(value) == count
        return value

    return draw


class Script:
    """A chip that expects exactly these commands and gives these answers."""

    def __init__(self, *exchanges: tuple[str, str]) -> None:
        self.exchanges = list(exchanges)

    def transmit(self, command: bytes) -> bytes:
        wanted, answer = self.exchanges.pop(0)
        assert command.hex().upper() == wanted
        return bytes.fromhex(answer)


BAC = (
    ("0084000008", "4608F919887022129000"),
    (
        "008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728",
        "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000",
    ),
)
SECURED = (
    ("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"),
    ("0CB000000D9701048E08ED6705417E96BA5500", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"),
    (
        "0CB000040D9701128E082EA28A70F3C7B53500",
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
    ),
)
PACE = (
    ("0022C1A412800A04007F0007020204020283010184010D", "9000"),
    ("10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000"),
    (
        "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
        "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
        "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
        "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000",
    ),
    (
        "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
        "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
        "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
        "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000",
    ),
    ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000"),
)
PACE_RANDOM = (
    "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
    "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
)
BAC_RANDOM = ("781723860C06C226", "0B795240CB7049B01C19B33E32804F0B")


def test_d2_the_zone_makes_the_access_keys() -> None:
    assert EXAMPLE_D.information == b"L898902C<369080619406236"
    enc, mac = bac.access_keys(EXAMPLE_D)
    assert enc.hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert mac.hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"


def test_d3_mutual_authentication_makes_the_session_keys() -> None:
    keys = bac.session_keys(
        bytes.fromhex("0B795240CB7049B01C19B33E32804F0B"),
        bytes.fromhex("0B4F80323EB3191CB04970CB4052790B"),
        bytes.fromhex("4608F91988702212"),
        bytes.fromhex("781723860C06C226"),
    )
    assert keys.enc.hex().upper() == "979EC13B1CBFE9DCD01AB0FED307EAE5"
    assert keys.mac.hex().upper() == "F1CB1F1FB5ADF208806B89DC579DC1F8"
    assert f"{keys.ssc:016X}" == "887022120C06C226"


def test_d3_and_d4_the_whole_conversation() -> None:
    chip = Script(*BAC, *SECURED)
    channel = bac.establish(chip, EXAMPLE_D, fixed(*BAC_RANDOM))
    select = Command(0x00, 0xA4, 0x02, 0x0C, bytes.fromhex("011E"))
    assert channel.transmit(select.encode()).hex() == "9000"
    assert channel.transmit(read_binary(0, 4).encode()).hex().upper() == "60145F019000"
    rest = channel.transmit(read_binary(4, 18).encode())
    assert rest.hex().upper() == "04303130365F36063034303030305C0261759000"
    assert chip.exchanges == []


def test_g1_the_zone_makes_the_password_key_and_reveals_the_nonce() -> None:
    info = pace.offers(bytes.fromhex("31143012060A04007F0007020204020202010202010D"))[0]
    assert info == pace.PaceInfo("0.4.0.127.0.7.2.2.4.2.2", 13)
    key = pace.password_key(info.suite, EXAMPLE_G)
    assert key.hex().upper() == "89DED1B26624EC1E634C1989302849DD"
    nonce = info.suite.decrypt(key, bytes.fromhex("95A3A016522EE98D01E76CB6B98B42C3"))
    assert nonce.hex().upper() == "3F00C4D39D153F2B2A214A078D899B22"


def test_g1_the_mapped_generator() -> None:
    curve = BY_NAME["brainpoolP256r1"]
    chip = ec.decode(curve, bytes.fromhex(PACE[2][1])[4:69])
    shared = ec.multiply(curve, int(PACE_RANDOM[0], 16), chip)
    assert f"{shared.x:064X}" == "60332EF2450B5D247EF6D3868397D398852ED6E8CAF6FFEEF6BF85CA57057FD5"
    mapped = mapping.generic(curve, bytes.fromhex("3F00C4D39D153F2B2A214A078D899B22"), shared)
    assert f"{mapped.gx:064X}" == "8CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2"
    assert f"{mapped.gy:064X}" == "8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522"


def test_g1_the_whole_conversation_and_its_session_keys() -> None:
    chip = Script(*PACE)
    channel = pace.establish(chip, pace.PaceInfo(f"{pace.ECDH_GM}.2", 13), EXAMPLE_G, fixed(*PACE_RANDOM)).channel
    assert chip.exchanges == []
    assert channel._keys.enc.hex().upper() == "F5F0E35C0D7161EE6724EE513A0D9A7F"
    assert channel._keys.mac.hex().upper() == "FE251C7858B356B24514B3BD5F4297D1"
    assert channel._keys.ssc == 0


def test_the_retail_mac_of_the_example() -> None:
    mac_key = bytes.fromhex("7962D9ECE03D1ACD4C76089DCE131543")
    message = bytes.fromhex("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2")
    assert TRIPLE_DES.mac(mac_key, pad(message, 8)).hex().upper() == "5F1448EEA8AD90A7"


@pytest.mark.parametrize("position", range(0, 60, 3))
def test_one_flipped_bit_in_the_examples_answer_closes_the_channel(position: int) -> None:
    answer = bytearray.fromhex(SECURED[2][1])
    if position >= len(answer):
        position %= len(answer)
    answer[position] ^= 0x04
    chip = Script(*BAC, *SECURED[:2], (SECURED[2][0], answer.hex()))
    channel: SecureChannel = bac.establish(chip, EXAMPLE_D, fixed(*BAC_RANDOM))
    channel.transmit(Command(0x00, 0xA4, 0x02, 0x0C, bytes.fromhex("011E")).encode())
    channel.transmit(read_binary(0, 4).encode())
    with pytest.raises(CardError, match=r"card_channel_broken|card_invalid"):
        channel.transmit(read_binary(4, 18).encode())
    with pytest.raises(CardError, match="card_channel_broken"):
        channel.transmit(read_binary(4, 18).encode())


def test_a_plain_answer_inside_the_channel_closes_it() -> None:
    chip = Script(*BAC, (SECURED[0][0], "6988"))
    channel = bac.establish(chip, EXAMPLE_D, fixed(*BAC_RANDOM))
    with pytest.raises(CardError, match="card_channel_broken"):
        channel.transmit(Command(0x00, 0xA4, 0x02, 0x0C, bytes.fromhex("011E")).encode())


def test_another_persons_zone_is_denied() -> None:
    chip = Script(BAC[0], (BAC[1][0], "6300"))
    with pytest.raises(CardError, match="card_access_denied"):
        bac.establish(chip, EXAMPLE_D, fixed(*BAC_RANDOM))


def test_a_wrong_token_of_the_chip_is_denied() -> None:
    chip = Script(*PACE[:4], (PACE[4][0], "7C0A86083ABB9674BCE93C099000"))
    with pytest.raises(CardError, match="card_access_denied"):
        pace.establish(chip, pace.PaceInfo(f"{pace.ECDH_GM}.2", 13), EXAMPLE_G, fixed(*PACE_RANDOM))
