"""Which rows hang together: the same whether pairs are followed one by one or all at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from parley.incidents.linkage import tied as module
from parley.incidents.linkage.tied import tied

GRAPHS = st.integers(1, 12).flatmap(
    lambda rows: st.tuples(
        st.just(rows), st.lists(st.tuples(st.integers(0, rows - 1), st.integers(0, rows - 1)), max_size=20)
    )
)


@given(GRAPHS)
def test_both_ways_number_the_same_components(graph: tuple[int, list[tuple[int, int]]]) -> None:
    rows, pairs = graph
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    assert module._one_by_one(rows, left, right).tolist() == module._at_once(rows, left, right).tolist()


def test_a_chain_is_one_component_and_who_is_in_no_pair_is_its_own() -> None:
    few = tied(5, np.array([3, 1]), np.array([1, 0]))
    assert few.tolist() == [0, 0, 1, 0, 2]
    many = module.FEW + 2
    chain = np.arange(many - 1)
    assert set(tied(many + 1, chain, chain + 1).tolist()) == {0, 1}
