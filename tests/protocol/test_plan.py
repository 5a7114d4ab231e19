from tests.explaining import node


def test_a_shape_is_operations_tables_and_indexes_as_a_tree():
    inner = node(operation="Index Scan", relation="brand", index="brand_pkey", filter="(id = ?)")
    plan = node(operation="Nested Loop", relation="", children=(node(), inner))
    assert plan.shape == (
        "Nested Loop",
        "  Seq Scan on review",
        "  Index Scan on brand using brand_pkey",
    )


def test_rows_times_and_conditions_make_no_other_shape():
    assert node(rows=1, removed=2, ms=3.0, loops=4, filter="").shape == node().shape
    assert node(index="review_rating").shape != node().shape
