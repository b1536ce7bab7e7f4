"""The meeting points themselves."""

from concurrent.futures import ThreadPoolExecutor


def test_everyone_who_adds_to_a_tally_gets_a_number_of_his_own(tally):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: tally.add(), range(2000)))
    assert sorted(numbers) == list(range(1, 2001))
    assert tally.count == 2000
