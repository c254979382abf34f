from shop import db


def test_labels():
    db.create()
    assert db.labels() == ["a", None, "a"]
    assert db.labels() == ["a", None, "a"]


def test_shelf():
    assert db.shelf(1).label == "a"
    assert db.with_boxes("boxes") == 3


def test_again():
    assert db.shelf(2).label is None
    assert db.result().fetchall()[0][0] == 1
    db.add(1)
    assert db.kept() == 1
