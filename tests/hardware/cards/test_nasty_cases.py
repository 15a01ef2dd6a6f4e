"""The nasty cases of clumsy hands, dying services and false cards, each held by the tests that play it."""

from __future__ import annotations

import ast
import threading
from pathlib import Path

import pytest

from hardware.cards.monitor import Picture, Slot
from hardware.cards.reader import PcscCardReader
from hardware.device import State, Status
from tests.hardware.cards.conftest import Heard

TESTS = Path(__file__).parents[2]
CARDS = "hardware/cards"
CASES: dict[str, tuple[str, ...]] = {
    "1 pulled in the middle of the photo": (
        f"{CARDS}/test_matrix.py::test_a_passport_pulled_in_mid_photo_and_put_back_is_read_whole",
    ),
    "2 pulled and put back within one look of the service": (
        f"{CARDS}/test_reader.py::test_a_card_pulled_and_put_back_faster_than_the_service_looks_is_read",
        f"{CARDS}/test_reader.py::test_a_stuck_reader_is_cured_without_lifting_the_card",
    ),
    "3 another person's document swapped in": (
        f"{CARDS}/test_matrix.py::test_another_passport_swapped_in_faster_than_the_service_looks_yields_nothing_of_either",
        f"{CARDS}/emrtd/test_document.py::test_a_chip_swapped_in_mid_read_is_noticed",
    ),
    "4 the service dies and restarts": (
        f"{CARDS}/test_reader.py::test_the_service_killed_in_mid_read_and_restarted_is_recovered_from",
        f"{CARDS}/test_monitor.py::test_it_sees_the_service_end_and_come_back",
    ),
    "5 a reader comes back under another number": (
        f"{CARDS}/test_nasty_cases.py::test_a_reader_that_comes_back_under_another_number_is_still_ours",
        f"{CARDS}/test_contract.py::test_a_lost_reader_is_a_fault_until_it_is_back",
    ),
    "6 two readers, two cards": (f"{CARDS}/test_reader.py::test_a_reader_of_another_role_is_left_alone",),
    "7 a wrong key": (
        f"{CARDS}/test_contract.py::test_a_wrong_key_is_denied_and_the_right_one_still_opens_it",
        "screens/test_identify.py::test_after_three_wrong_keys_typing_is_offered_and_nothing_loops",
    ),
    "8 a document that opens by PACE alone": (
        f"{CARDS}/emrtd/test_document.py::test_it_says_which_keys_open_it",
        f"{CARDS}/emrtd/test_document.py::test_the_number_on_the_card_opens_what_pace_protects",
    ),
    "9 a forged or a plain answer inside the channel": (
        f"{CARDS}/emrtd/test_secure_messaging.py::test_any_flipped_bit_of_an_answer_is_noticed",
        f"{CARDS}/emrtd/test_worked_examples.py::test_a_plain_answer_inside_the_channel_closes_it",
    ),
    "10 a photo shorter than it says, lengths of gigabytes": (
        f"{CARDS}/test_tlv.py::test_a_bad_header_is_refused",
        f"{CARDS}/emrtd/test_mutations.py::test_mutated_bytes_take_little_memory",
    ),
    "11 a photo that is right by its hash and broken as a picture": (
        f"{CARDS}/emrtd/test_document.py::test_a_broken_photo_leaves_the_identity_standing",
    ),
    "12 a data group that is not what was signed": (
        f"{CARDS}/emrtd/test_document.py::test_an_altered_data_group_is_not_genuine",
        "screens/test_identify.py::test_a_forged_document_is_refused_and_fills_nothing",
    ),
    "13 certificates expired, missing, with explicit curves": (
        f"{CARDS}/emrtd/test_document.py::test_signatures_of_every_kind_verify",
        f"{CARDS}/emrtd/test_document.py::test_an_unknown_issuer_is_neither_genuine_nor_forged",
        f"{CARDS}/emrtd/test_document.py::test_outside_the_certificates_time_nothing_is_called_genuine",
    ),
    "14 a chip that refuses the lengths it promised": (
        f"{CARDS}/emrtd/test_document.py::test_a_chip_that_promises_too_long_answers_is_read_with_shorter_ones",
        f"{CARDS}/emrtd/test_document.py::test_a_chip_that_refuses_every_length_is_a_typed_fault",
        f"{CARDS}/emrtd/test_document.py::test_a_chip_that_goes_mute_over_a_long_answer_is_read_by_short_ones_the_next_time",
    ),
    "15 a slow card": (
        f"{CARDS}/test_reader.py::test_a_card_that_hangs_in_one_command_is_given_up_and_a_stop_does_not_wait_for_it",
        f"{CARDS}/test_reader.py::test_a_card_too_slow_to_finish_is_given_up",
        f"{CARDS}/test_reader.py::test_stopping_in_mid_read_does_not_wait_for_the_whole_card",
    ),
    "16 two cards at once": (f"{CARDS}/test_reader.py::test_something_that_does_not_answer_like_a_card_is_unreadable",),
    "17 a reader held by another program": (
        f"{CARDS}/test_reader.py::test_a_reader_held_by_another_program_is_read_when_it_is_free",
    ),
    "18 a phone, a bank card, a transit card": (
        f"{CARDS}/test_contract.py::test_bank_and_transit_cards_are_told_apart_without_a_storm_of_commands",
        "screens/test_identify.py::test_a_card_that_is_no_identity_card_is_named",
    ),
    "19 staff cards: last try, blocked, expired, foreign, cloned": (
        f"{CARDS}/test_staff.py::test_wrong_pins_are_counted_down_to_blocked",
        f"{CARDS}/test_staff.py::test_an_expired_card_is_said_so",
        f"{CARDS}/test_staff.py::test_a_card_of_another_house_is_foreign_even_under_the_same_name",
        f"{CARDS}/test_staff.py::test_a_copied_certificate_without_its_key_is_a_clone",
    ),
    "20 a serial line with noise, cut, mute, gone": (
        f"{CARDS}/mainland/test_sam_reader.py::test_noise_and_a_false_preamble_before_each_answer_are_skipped",
        f"{CARDS}/mainland/test_sam_reader.py::test_an_answer_cut_short_is_a_fault",
        f"{CARDS}/mainland/test_sam_reader.py::test_a_silent_module_is_a_lost_reader_until_it_speaks",
        f"{CARDS}/mainland/test_sam_reader.py::test_a_line_that_is_not_there_or_taken_is_a_lost_reader",
    ),
    "21 other layouts, no end, rare characters": (
        f"{CARDS}/mainland/test_sam_reader.py::test_every_layout_is_read",
        f"{CARDS}/mainland/test_contract.py::test_a_type_nobody_knows_is_an_unknown_card",
        f"{CARDS}/mainland/test_record.py::test_a_card_without_an_end_says_so",
        f"{CARDS}/mainland/test_record.py::test_rare_characters_outside_the_basic_plane_are_kept",
    ),
    "22 a clock that is wrong by years": (
        f"{CARDS}/emrtd/test_document.py::test_outside_the_certificates_time_nothing_is_called_genuine",
    ),
    "23 a hundred cards in and out": (
        f"{CARDS}/test_reader.py::test_a_hundred_cards_leave_no_thread_and_no_handle",
        f"{CARDS}/test_reader.py::test_many_cards_leave_no_thread_and_no_handle",
    ),
}


SERVICE_CASES: dict[str, tuple[str, ...]] = {
    "the service is killed or restarted": (
        f"{CARDS}/test_monitor.py::test_it_sees_the_service_end_and_come_back",
        f"{CARDS}/test_reader.py::test_a_kiosk_started_before_its_service_waits_for_it",
    ),
    "a card pulled in the middle of a command answers success and nothing": (
        f"{CARDS}/test_contract.py::test_a_card_pulled_in_mid_read_is_said_so_and_read_when_it_is_back",
    ),
    "the next command of that handle is not transacted": (
        f"{CARDS}/test_pcsc.py::test_each_result_is_a_fault_of_the_list",
        f"{CARDS}/test_pcsc.py::test_a_card_pulled_between_two_commands_is_removed",
    ),
    "pulled, unpowered and put back within one poll: the reader sticks at empty": (
        f"{CARDS}/test_reader.py::test_a_stuck_reader_is_cured_without_lifting_the_card",
    ),
    "left as it is in that window, a swap moves no counter": (
        f"{CARDS}/test_reader.py::test_another_card_put_in_faster_than_the_service_looks_is_read_as_itself",
    ),
    "swapped at once with no handle open": (f"{CARDS}/test_contract.py::test_a_swapped_card_is_read_as_the_new_one",),
    "a connection that failed is never used": (
        f"{CARDS}/test_pcsc.py::test_an_empty_reader_gives_no_session",
        f"{CARDS}/test_pcsc.py::test_a_failed_session_leaves_nothing_open",
    ),
    "held by another program": (
        f"{CARDS}/test_reader.py::test_a_reader_held_by_another_program_is_read_when_it_is_free",
    ),
    "another program cannot reset a card that is being read": (
        f"{CARDS}/test_pcsc.py::test_a_card_in_a_session_is_out_of_reach_of_other_programs",
    ),
    "an answer to reset that is garbage, or none at all": (
        f"{CARDS}/test_reader.py::test_something_that_does_not_answer_like_a_card_is_unreadable",
        f"{CARDS}/test_reader.py::test_something_without_an_answer_to_reset_is_no_card",
    ),
    "a slow command holds up nobody else": (f"{CARDS}/test_reader.py::test_a_slow_card_makes_no_other_reader_wait",),
    "no command has a time limit of its own": (
        f"{CARDS}/test_reader.py::test_a_card_that_hangs_in_one_command_is_given_up_and_a_stop_does_not_wait_for_it",
    ),
}
"""What PC/SC was seen to do on real machines, beside the cases above."""


def test_there_are_all_twenty_three() -> None:
    assert [int(case.split()[0]) for case in CASES] == list(range(1, 24))


@pytest.mark.parametrize("case", [*CASES, *SERVICE_CASES])
def test_every_case_is_played_by_a_test_that_exists(case: str) -> None:
    for name in (CASES | SERVICE_CASES)[case]:
        file, _, function = name.partition("::")
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, name


def empty(reader: str) -> Slot:
    return Slot(reader, present=False, mute=False, in_use=False, atr=b"", changes=0)


def test_a_reader_that_comes_back_under_another_number_is_still_ours(heard: Heard) -> None:
    device = PcscCardReader("(A1B2)")  # PC/SC puts a reader's serial number into its name
    stop = threading.Event()
    serving = threading.Thread(target=device.serve, args=(stop, heard))
    serving.start()
    device._see(Picture(True, (empty("ACME (C3D4) 00 00"), empty("ACME (A1B2) 01 00"))))
    heard.state(State.READY)
    device._see(Picture(True, (empty("ACME (C3D4) 00 00"),)))
    assert heard.state(State.FAULT).fault is not None
    device._see(Picture(True, (empty("ACME (A1B2) 00 00"), empty("ACME (C3D4) 01 00"))))
    heard.state(State.READY)
    stop.set()
    device.interrupt()
    serving.join(5.0)
    assert not serving.is_alive()
    assert len(heard.of(Status)) == 3
