from tml_ros.safety.alarm import Priority
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.safety.default_policies import DEFAULT_POLICIES
from tml_ros.turn.hazard import HazardKind

PLACELESS = {
    HazardKind.MODEL_LATE,
    HazardKind.MODEL_LOST,
    HazardKind.CLOCK_STOPPED,
    HazardKind.RECORD_FAILED,
    HazardKind.EVIDENCE_FAILED,
}


def test_every_kind_has_a_default_that_an_alarm_manager_accepts():
    assert set(DEFAULT_POLICIES) == set(HazardKind)
    AlarmManager(DEFAULT_POLICIES)


def test_a_person_in_a_zone_is_high_after_two_tenths_and_gone_after_a_second():
    policy = DEFAULT_POLICIES[HazardKind.PERSON_IN_ZONE]
    assert (policy.priority, policy.on_delay_ns, policy.off_delay_ns, policy.realarm_ns) == (
        Priority.HIGH,
        200_000_000,
        1_000_000_000,
        60_000_000_000,
    )


def test_every_kind_of_a_place_says_where():
    for kind, policy in DEFAULT_POLICIES.items():
        assert policy.warning.count("{zone}") == (kind not in PLACELESS)
