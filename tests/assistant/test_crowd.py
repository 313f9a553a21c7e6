from assistant.crowd import Crowd


def test_who_comes_hears_how_many_others_are_there():
    crowd = Crowd()
    with crowd.joined() as first, crowd.joined() as second:
        assert (first, second) == (0, 1)
    with crowd.joined() as later:
        assert later == 0


def test_who_leaves_by_an_error_is_gone_too():
    crowd = Crowd()
    try:
        with crowd.joined():
            raise ValueError
    except ValueError:
        pass
    with crowd.joined() as others:
        assert others == 0
