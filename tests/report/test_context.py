from dataclasses import replace

from headtohead.measurement import GitState, Machine, Verdict
from headtohead.report import context
from tests.report import samples


def test_every_verdict_is_explained() -> None:
    explained = [verdict for verdicts, _ in context.VERDICT_MEANINGS for verdict in verdicts]
    assert sorted(explained) == sorted(Verdict)


def test_the_margins_of_the_run_are_named_once_each() -> None:
    faster, slower = samples.ten_times_faster(), samples.slower()
    (comparison,) = slower.comparisons
    wider = replace(slower, comparisons=(replace(comparison, margin=0.05),))
    assert "within 2 % or 5 % do not matter" in context.how_to_read(
        samples.run(faster, samples.no_difference(), wider)
    )


def test_the_environment_fits_one_line() -> None:
    assert context.environment_line(samples.run()) == (
        "AMD EPYC 7B13, 2 cores, Python 3.11.9, 20,000 rows, load 0.31 → 1.12"
    )


def test_rows_that_nobody_could_count_are_not_said_to_be_none() -> None:
    run = samples.run()
    uncounted = replace(run, environment=replace(run.environment, rows=0))
    assert "rows" not in context.environment_line(uncounted)
    assert ("Rows of the main table", "unknown") in context.environment_table(uncounted)


def test_the_revision_says_when_it_was_changed_or_unknown() -> None:
    assert context.revision(samples.run()) == "8f14e45fceea with uncommitted changes"
    clean = samples.run(git=GitState(commit="8f14e45fceea167a", dirty=False))
    assert context.revision(clean) == "8f14e45fceea"
    assert "outside" in context.revision(samples.run(git=GitState(commit=None, dirty=False)))


def test_verdicts_that_share_an_error_rate_say_so_and_others_do_not() -> None:
    both = samples.ten_times_faster(), samples.slower()
    assert context.shared_error_rate(samples.run(*both)) is None
    sentence = context.shared_error_rate(samples.run(*samples.sharing_an_error_rate(*both)))
    assert sentence is not None
    assert sentence.startswith("The 2 verdicts share an error rate of 5 % (Holm)")


def test_a_control_is_told_in_one_sentence() -> None:
    assert context.control_sentence(samples.run(samples.slower())) is None
    controlled = samples.run(samples.slower(), control=samples.control())
    assert context.control_sentence(controlled) == (
        "Control: product-list: naive again and naive differ by less than the margin of 2 %"
        " (ratio 1.004, 95 % interval 0.997 to 1.011): same queries, similar database time."
    )


def test_conditions_are_told_where_the_record_has_them() -> None:
    assert context.conditions(samples.slower()) is None
    assert context.conditions(samples.held_up()) == (
        "Load generator: 91 % of a core, held up by 66.3 ms at p99 and 1,204 ms at most."
        " Cores: other processes 31.4 %, hypervisor 12 %, load 3.29."
    )
    elsewhere = replace(samples.held_up(), machine=Machine(steal=0, others=None, load=1))
    assert "other processes unknown" in str(context.conditions(elsewhere))


def test_workers_are_told_where_there_were_any() -> None:
    assert context.workers_sentence(samples.run(samples.under_load())) is None
    experiment = replace(samples.under_load(), workers=2)
    assert context.workers_sentence(samples.run(experiment)) == "Load: 8 users on 2 workers."


def test_what_ran_beside_is_told_where_there_was_anything() -> None:
    assert context.background_sentence(samples.run(samples.slower())) is None
    once = samples.beside_others()
    assert context.background_sentence(samples.run(once)) == (
        "Background: 20 users of shop, 2.90 /s; 1 of 58 requests failed."
    )
    busier = replace(once, background=replace(once.background, requests_per_second=3.14))
    assert context.background_sentence(samples.run(once, busier)) == (
        "Background: 20 users of shop, 2.90 to 3.14 /s; 2 of 116 requests failed."
    )
