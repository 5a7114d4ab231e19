"""What a verdict on two revisions is to a gate, and what to do about it."""

from headtohead.gate.policy import Kind
from headtohead.measurement import Verdict

KINDS = {
    Verdict.FASTER: Kind.FASTER,
    Verdict.FASTER_SIZE_UNRESOLVED: Kind.FASTER,
    Verdict.NO_DIFFERENCE: Kind.PASSED,
    Verdict.SLOWER: Kind.SLOWER,
    Verdict.SLOWER_SIZE_UNRESOLVED: Kind.UNRESOLVED,
    Verdict.INCONCLUSIVE: Kind.INCONCLUSIVE,
    Verdict.INVALID: Kind.INVALID,
}
FIXES = {
    Kind.PASSED: "",
    Kind.FASTER: "",
    Kind.SLOWER: "see the reason in the report, or allow it with a margin of its own",
    Kind.UNRESOLVED: "a larger budget or a quieter machine tells whether it matters",
    Kind.INCONCLUSIVE: "a larger budget, a wider margin or a quieter machine tells more",
    Kind.INVALID: "follow the advice in the report and measure again",
    Kind.DIFFERS: "see whether that was meant",
    Kind.UNTESTED: "give it a request that answers with success",
}
