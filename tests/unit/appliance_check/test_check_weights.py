"""weights: what its probe reports in the appliance, which has Theano, is judged here."""

import pytest

from appliance_check.checks.weights import judge
from appliance_check.result import Status

SEEN = {"answer": "monastery", "right": 0.795}
STANDIN = {"standin": "inception-v3 has random weights, because there is no file"}


def test_networks_that_recognise_a_palace_pass():
    result = judge({"googlenet": SEEN, "inception-v3": SEEN})
    assert result.status == Status.PASS
    assert result.message == "googlenet and inception-v3 recognise a palace on a photo"


def test_a_stand_in_is_a_warning_with_its_reason_and_what_to_do():
    result = judge({"googlenet": SEEN, "inception-v3": STANDIN})
    assert result.status == Status.WARN
    assert result.message == STANDIN["standin"]
    assert "APPLIANCE_MIRROR" in result.remedy


@pytest.mark.parametrize("other", [SEEN, STANDIN])
@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"error": "weights.npz is damaged; put it back"}, "weights.npz is damaged; put it back"),
        ({"answer": "wing", "right": 0.01}, "takes a photo of a palace for wing"),
        ({"answer": "wing", "right": 0.0}, "takes a photo of a palace for wing"),
    ],
)
def test_damaged_and_wrong_weights_fail_whatever_the_other_network_says(found, words, other):
    result = judge({"googlenet": found, "inception-v3": other})
    assert result.status == Status.FAIL
    assert words in result.message
    assert not result.remedy, "the check's own remedy is shown"


def test_both_problems_are_named():
    message = judge({"googlenet": {"error": "one"}, "inception-v3": {"error": "two"}}).message
    assert message == "one; two"
