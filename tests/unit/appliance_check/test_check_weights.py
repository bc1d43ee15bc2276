"""weights: what its probe reports in the appliance, which has Theano, is judged here."""

from itertools import combinations

import pytest

from appliance_check.checks.weights import GOLDEN, LIBRARY, MISTAKES, TOLERANCE, judge
from appliance_check.result import Status

GOOGLENET = {"answer": "monastery", "probabilities": list(GOLDEN["googlenet"])}
INCEPTION = {"answer": "palace", "probabilities": [0.31, 0.55, 0.01, 0.02, 0.0]}
STANDIN = {"standin": "inception-v3 has random weights, because there is no file"}
FILE = "/usr/share/workshop/data/googlenet/weights.npz"
OTHER = "has the right size and other bytes than it shipped with"


def test_networks_that_recognise_a_palace_pass():
    result = judge({"googlenet": GOOGLENET, "inception-v3": INCEPTION})
    assert result.status == Status.PASS
    assert result.message == "googlenet and inception-v3 recognise a palace on a photo"


def test_a_photo_that_is_read_a_trace_differently_passes():
    near = [value + 0.9 * TOLERANCE for value in GOLDEN["googlenet"]]
    assert judge({"googlenet": GOOGLENET | {"probabilities": near}}).status == Status.PASS


def test_a_stand_in_is_a_warning_with_its_reason_and_what_to_do():
    result = judge({"googlenet": GOOGLENET, "inception-v3": STANDIN})
    assert result.status == Status.WARN
    assert result.message == STANDIN["standin"]
    assert "APPLIANCE_MIRROR" in result.remedy


@pytest.mark.parametrize("other", [INCEPTION, STANDIN])
@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"error": "weights.npz is damaged; put it back"}, "weights.npz is damaged; put it back"),
        ({"answer": "wing", "probabilities": [0, 0.01, 0, 0, 0]}, "palace for wing"),
        ({"answer": "wing", "probabilities": [None, 0, 0, 0, 0]}, "what is no number"),
        # Right, and yet not the original.
        ({"answer": "palace", "probabilities": [0.45, 0.35, 0.08, 0.07, 0.02]}, "for palace"),
    ],
)
def test_damaged_and_wrong_weights_fail_whatever_the_other_network_says(found, words, other):
    result = judge({"googlenet": found, "inception-v3": other})
    assert result.status == Status.FAIL
    assert words in result.message
    assert not result.remedy, "the check's own remedy is shown"


@pytest.mark.parametrize(("mistake", "values"), MISTAKES["googlenet"])
def test_each_mistake_is_told_by_the_answer(mistake, values):
    found = {"answer": "boathouse, shed", "probabilities": [value + 0.003 for value in values]}
    result = judge({"googlenet": found})
    assert result.status == Status.FAIL
    assert result.message == f"googlenet answers as if {mistake} ({LIBRARY})"


def test_no_mistake_can_be_taken_for_another_or_for_none():
    answers = [GOLDEN["googlenet"], *(values for _, values in MISTAKES["googlenet"])]
    for one, other in combinations(answers, 2):
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 2 * TOLERANCE


def test_inception_v3_has_no_golden_values_and_must_be_sure():
    unsure = {"answer": "wing, of a bird", "probabilities": [0.1, 0.1, 0.3, 0.0, 0.0]}
    result = judge({"inception-v3": unsure})
    assert result.status == Status.FAIL
    assert "inception-v3 takes a photo of a palace for wing, probabilities" in result.message


def test_a_file_that_was_changed_fails_though_the_network_sees_well():
    result = judge({"googlenet": GOOGLENET}, {FILE: OTHER})
    assert result.status == Status.FAIL
    assert result.message == f"{FILE} {OTHER}"


def test_a_changed_file_is_named_with_what_is_wrong_in_it():
    mistake, values = MISTAKES["googlenet"][2]
    found = {"answer": "boathouse", "probabilities": list(values)}
    message = judge({"googlenet": found}, {FILE: OTHER}).message
    assert message == f"googlenet answers as if {mistake} ({FILE} {OTHER})"


def test_damage_that_the_library_names_is_named_once():
    found = {"error": f"{FILE} is cut short or damaged (Bad CRC-32 for file 'a.npy')"}
    assert judge({"googlenet": found}, {FILE: OTHER}).message == found["error"]


def test_a_file_that_shipped_and_is_gone_is_no_stand_in():
    result = judge({"googlenet": {"standin": "not found"}}, {FILE: "is missing"})
    assert result.status == Status.FAIL
    assert result.message == f"{FILE} is missing"


def test_our_own_networks_count():
    ours = "/usr/local/lib/python3.11/dist-packages/workshop/language/trained/plays-last.npz"
    result = judge({"googlenet": GOOGLENET}, {ours: OTHER})
    assert result.status == Status.FAIL
    assert result.message == f"{ours} {OTHER}"


def test_both_problems_are_named():
    message = judge({"googlenet": {"error": "one"}, "inception-v3": {"error": "two"}}).message
    assert message == "one; two"
