"""How two propositions stand to each other, over many plain pairs: a wrong sign would put quotes on the wrong side."""

import pytest
from fakes import CHECKOUT
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from pullquote.sides.relation import relation, turns
from pullquote.sides.relation.verdicts import as_demand

SAME, OPPOSITE, APART, NOT_SAME, NOT_OPPOSITE = {1}, {-1}, {0}, {0, -1}, {0, 1}
SIGNS = {"same": SAME, "opposite": OPPOSITE, "apart": APART, "not same": NOT_SAME, "not opposite": NOT_OPPOSITE}
GOLD = (CHECKOUT / "tests" / "gold" / "relations.txt").read_text(encoding="utf-8").strip().split("\n")

PASSIVES = [
    ("Fireworks should be forbidden in towns.", "Towns should forbid fireworks.", SAME),
    ("Lorries should be banned from villages.", "Villages should ban lorries.", SAME),
    ("Parking fees should be charged by hospitals.", "Hospitals should charge parking fees.", SAME),
    ("Parking fees should be charged.", "Hospitals should charge parking fees.", SAME),
    ("Plastic bags should be taxed by states.", "States should tax plastic bags.", SAME),
    ("Uniforms should not be required by schools.", "Schools should require uniforms.", OPPOSITE),
    ("We should ban fireworks in towns.", "Towns should ban fireworks.", SAME),
    ("We should not ban fireworks in towns.", "Towns should ban fireworks.", OPPOSITE),
    ("There should be a ban on fireworks in towns.", "Towns should ban fireworks.", SAME),
    ("There should be no ban on fireworks in towns.", "Towns should ban fireworks.", NOT_SAME),
    ("Fireworks should be allowed in towns.", "Towns should ban fireworks.", OPPOSITE),
    ("Fireworks should not be allowed in towns.", "Towns should ban fireworks.", SAME),
    ("Towns should ban fireworks.", "Towns should ban fireworks near the town hospital.", SAME),
    ("Lorries should be banned from villages.", "Lorries should ban villages.", NOT_SAME),
    ("Dogs should be chased by cats.", "Dogs should chase cats.", APART),
    ("Dogs should be chased by cats.", "Cats should chase dogs.", SAME),
    ("Cats chase dogs.", "Dogs chase cats.", APART),
    ("Cats chase dogs at night.", "Dogs chase cats at night.", APART),
    ("Banks should rescue states.", "States should rescue banks.", APART),
    ("Banks should be rescued by states.", "States should rescue banks.", SAME),
    ("Banks should be rescued by states.", "Banks should rescue states.", APART),
    ("Powers should be moved from states to cities.", "Powers should be moved from cities to states.", NOT_SAME),
    ("Soldiers should be sent to Mali.", "Soldiers should be sent from Mali.", NOT_SAME),
    ("Soldiers should be sent to Mali.", "We should send soldiers to Mali.", SAME),
    ("Parliament should ban fireworks in towns.", "Towns should ban fireworks.", NOT_OPPOSITE),
    ("Paintings should be sold to museums.", "Museums should sell paintings.", NOT_SAME),
    ("Paintings should be sold to museums.", "Paintings should be sold by museums.", NOT_SAME),
    ("Matches should be hidden from children.", "Children should hide matches.", NOT_SAME),
    ("Spies should meet with rebels.", "Spies should meet without rebels.", NOT_SAME),
    ("Dogs should be kept apart from cats.", "Dogs should be kept with cats.", NOT_SAME),
    ("Fireworks should be banned in parks.", "Towns should ban fireworks.", APART),
]
VERBS = [
    ("Towns should lift the ban on fireworks.", "Towns should ban fireworks.", OPPOSITE),
    ("Towns should keep the ban on fireworks.", "Towns should ban fireworks.", SAME),
    ("Towns should introduce a ban on fireworks.", "Towns should ban fireworks.", SAME),
    ("The ban on fireworks should be lifted.", "Towns should ban fireworks.", OPPOSITE),
    ("The ban on fireworks should not be lifted.", "Towns should ban fireworks.", SAME),
    ("Towns should lift the ban on fireworks.", "Towns should allow fireworks.", SAME),
    ("Towns should not lift the ban on fireworks.", "Towns should allow fireworks.", OPPOSITE),
    ("Towns should be forbidden to ban fireworks.", "Towns should ban fireworks.", OPPOSITE),
    ("Towns should be prevented from banning fireworks.", "Towns should ban fireworks.", OPPOSITE),
    ("The state should forbid towns to ban fireworks.", "Towns should ban fireworks.", OPPOSITE),
    ("The state should prevent towns from banning fireworks.", "Towns should ban fireworks.", OPPOSITE),
    ("The state should stop towns from banning fireworks.", "Towns should ban fireworks.", OPPOSITE),
    ("Towns should be allowed to ban fireworks.", "Towns should ban fireworks.", NOT_OPPOSITE),
    ("The state should tax land.", "The state should abolish the land tax.", OPPOSITE),
    ("The state should have a tax on land.", "The state should tax land.", SAME),
    ("The state should do away with the land tax.", "The state should tax land.", OPPOSITE),
    ("The state should get rid of the tax on land.", "The state should tax land.", OPPOSITE),
    ("The land tax should be phased out.", "The state should tax land.", OPPOSITE),
    ("The state should refuse to tax land.", "The state should tax land.", OPPOSITE),
    ("The state should continue to tax land.", "The state should tax land.", SAME),
    ("The state should stop taxing land.", "The state should tax land.", OPPOSITE),
    ("The state should vote down the land tax.", "The state should tax land.", NOT_SAME),
    *(
        (f"The state should {verb} the land tax.", "The state should tax land.", OPPOSITE)
        for verb in (
            "drop",
            "overturn",
            "veto",
            "block",
            "dismantle",
            "undo",
            "outlaw",
            "resist",
            "remove",
            "repeal",
            "oppose",
        )
    ),
    *(
        (f"The state should {verb} the land tax.", "The state should tax land.", NOT_SAME)
        for verb in (
            "reverse",
            "suspend",
            "weaken",
            "cut",
            "reduce",
            "forbid",
            "condemn",
            "fight",
            "prevent",
            "relax",
            "delay",
            "reconsider",
            "rethink",
            "regret",
            "loosen",
            "postpone",
            "limit",
            "halve",
            "water down",
            "back away from",
        )
    ),
    ("The state should raise the land tax.", "The state should tax land.", NOT_OPPOSITE),
    ("The dam should be cancelled.", "The dam should be built.", OPPOSITE),
    ("The building of the dam should be halted.", "The dam should be built.", OPPOSITE),
    ("The council should cancel plans to build the dam.", "The council should build the dam.", NOT_SAME),
    ("The state should use fines to stop smoking.", "The state should use fines.", NOT_OPPOSITE),
    ("Towns should oppose the ban on fireworks.", "Towns should ban fireworks.", OPPOSITE),
    ("Towns are against the dam.", "Towns support the dam.", OPPOSITE),
    ("Sheep should be protected from shearing.", "Sheep should be sheared.", NOT_SAME),
    ("Hunters should be punished for trapping foxes.", "Hunters should trap foxes.", NOT_SAME),
    ("Towns should impose a moratorium on fireworks.", "Towns should allow fireworks.", NOT_SAME),
    ("Towns should subsidise fireworks.", "Towns should ban fireworks.", NOT_SAME),
    ("Towns should ban dogs, not fireworks.", "Towns should ban fireworks.", NOT_SAME),
    ("Towns should ban firework makers.", "Towns should ban fireworks.", APART),
    ("Towns should ban parents from lighting fireworks.", "Towns should ban fireworks.", NOT_OPPOSITE),
    ("Pensions should be paid by firms.", "Firms should pay pensions.", SAME),
    ("The museum should abolish entrance fees.", "The museum should charge entrance fees.", OPPOSITE),
    ("The museum should keep entrance fees.", "The museum should abolish entrance fees.", OPPOSITE),
    ("Police should stop and search drivers.", "Police should search drivers.", NOT_OPPOSITE),
    ("Pupils should not have to wear uniforms.", "Pupils should wear uniforms.", NOT_SAME),
    ("Bars should keep from selling rum.", "Bars should sell rum.", NOT_SAME),
    ("Norway should prevent Sweden from fishing.", "Iceland should prevent Sweden from fishing.", APART),
    ("The bishop should refuse to resign.", "The bishop should resign.", OPPOSITE),
    ("Pupils should be allowed not to wear uniforms.", "Pupils should be allowed to wear uniforms.", NOT_OPPOSITE),
    ("Spain should write a law against horns.", "Spain should write a law on horns.", NOT_SAME),
    ("Juries should rule for tenants.", "Juries should rule against tenants.", NOT_SAME),
    ("Smokers should be kept out of pubs.", "Smokers should be kept in pubs.", NOT_SAME),
    ("Boats should be kept from the reef.", "Boats should be banned from the reef.", SAME),
    ("Boats should be kept from the reef.", "Boats should be removed from the reef.", SAME),
    ("Boats should be kept from the reef.", "Boats should be banned near the reef.", NOT_OPPOSITE),
    ("Boats should be kept from the reef.", "Boats should be kept at the reef.", OPPOSITE),
    ("Boats should be kept from the reef.", "Boats should be kept.", APART),
    ("Boats should be kept out of the bay.", "Boats should be banned from the bay.", SAME),
    ("The port should keep boats out of the bay.", "The port should ban boats from the bay.", SAME),
    ("The port should keep boats out of the bay.", "The port should keep boats in the bay.", OPPOSITE),
    ("The port should keep out of the bay.", "The port should keep boats out of the bay.", NOT_OPPOSITE),
    ("Boats should be barred from the bay.", "Boats should be banned from the bay.", SAME),
    ("Boats should be kept out of sight.", "Boats should be banned.", APART),
    ("Boats should be kept home from the race.", "Boats should be banned from the race.", NOT_OPPOSITE),
    ("The port should keep the income from boats.", "The port should ban the income from boats.", APART),
    ("The fare should be kept from May.", "The fare should be abolished from May.", OPPOSITE),
    ("The port should remove boats from the bay.", "The port should keep boats in the bay.", OPPOSITE),
]
TWICE = [
    ("Drum bans should be banned.", "Drums should be banned.", OPPOSITE),
    ("Drum bans should be banned.", "Drums should be forbidden.", OPPOSITE),
    ("Drum bans should be banned.", "Drums should be allowed.", SAME),
    ("The ban on drums should be banned.", "Drums should be banned.", OPPOSITE),
    ("Towns should ban bans on drums.", "Towns should ban drums.", OPPOSITE),
    ("Banning drums should be banned.", "Drums should be banned.", NOT_SAME),
    ("Banned drums should be banned.", "Drums should be banned.", NOT_OPPOSITE),
    ("The state should stop stopping trams.", "The state should stop trams.", OPPOSITE),
    ("The state should abolish the abolition of grants.", "The state should abolish grants.", OPPOSITE),
    ("Wage cuts should be cut.", "Wages should be cut.", NOT_SAME),
    ("Towns should ban bans on drums.", "Towns should ban bans on drums.", SAME),
]  # fmt: skip
DEGREES = [
    ("Public libraries are better than private libraries.", "Private libraries are better than public libraries.", NOT_SAME),
    ("Solar power is cheaper than coal power.", "Coal power is cheaper than solar power.", NOT_SAME),
    ("Solar power is cheaper than coal power.", "Solar power is not cheaper than coal power.", OPPOSITE),
    ("Solar power is clearly cheaper than coal.", "Solar power is cheaper than coal power.", SAME),
    ("Preventing crime matters more than punishing crime.", "Punishing crime matters more than preventing crime.", NOT_SAME),
    ("Schools should teach Latin instead of Greek.", "Schools should teach Greek instead of Latin.", NOT_SAME),
    ("Trains should go before cars.", "Cars should go before trains.", NOT_SAME),
    ("Dams do more harm than good.", "Dams do more good than harm.", NOT_SAME),
    ("Less sugar is better.", "More sugar is better.", NOT_SAME),
    ("Less sugar is good for children.", "Sugar is good for children.", NOT_SAME),
    ("Fewer exams would be good for pupils.", "More exams would be good for pupils.", NOT_SAME),
    ("Nurses earn too little.", "Nurses earn too much.", NOT_SAME),
    ("The speed limit should go down.", "The speed limit should go up.", NOT_SAME),
    ("The speed limit should be lower.", "There should be a speed limit.", NOT_SAME),
    ("The speed limit should be lower.", "The speed limit should be higher.", NOT_SAME),
    ("The speed limit should be raised.", "The speed limit should be lowered.", NOT_SAME),
    ("Fines should rise.", "Fines should fall.", NOT_SAME),
    ("Fines should be increased.", "Fines should be decreased.", NOT_SAME),
    ("Drivers over seventy should take a test.", "Drivers under seventy should take a test.", NOT_SAME),
    ("Few towns should ban fireworks.", "Towns should ban fireworks.", NOT_SAME),
    ("Only towns should ban fireworks.", "Towns should ban fireworks.", NOT_SAME),
    ("Fines are fair.", "Fines are not fair.", OPPOSITE),
    ("Parking fines are unfair.", "Parking fines are fair.", OPPOSITE),
    ("Parking fines harm shops.", "Parking fines do not harm shops.", OPPOSITE),
    ("Parking fines harm shops.", "Shops harm parking fines.", APART),
    ("Parking fines harm small shops.", "Parking fines harm shops.", SAME),
    ("Towns should build more roads.", "Towns should build roads.", SAME),
    ("Towns should build fewer roads.", "Towns should build roads.", NOT_SAME),
    ("Fines on parking should be raised.", "Parking fines should be raised.", SAME),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "named", "signs"), [*PASSIVES, *VERBS, *TWICE, *DEGREES])
def test_no_pair_gets_a_sign_that_puts_quotes_on_the_wrong_side(asked, named, signs):
    assert relation(asked, named) in signs
    assert relation(named, asked) in signs


@pytest.mark.parametrize("line", [line for line in GOLD if not line.startswith("#")])
def test_no_pair_of_the_gold_gets_a_wrong_sign_nor_loses_a_plain_one(line: str):
    one, other, sign = line.split(" | ")
    assert {relation(one, other), relation(other, one)} <= SIGNS[sign]


SENTENCES = st.lists(
    st.sampled_from(
        "towns fireworks should not ban banned bans be the on of in by from to out refuse keep kept bar lift prevent than more is are and US".split()
    ),
    max_size=12,
).map(" ".join)


@given(SENTENCES, SENTENCES)
def test_a_relation_is_the_same_from_either_side(one, other):
    assert relation(one, other) == relation(other, one)


def test_a_relation_of_any_two_of_the_gold_is_the_same_from_either_side():
    plain = [sentence for line in GOLD if not line.startswith("#") for sentence in line.split(" | ")[:2]]
    beside = [*zip(plain, plain[2:], strict=False), *zip(plain, plain[3:], strict=False)]
    pairs = [*beside, *((one, other) for one, other, _ in (*PASSIVES, *VERBS, *TWICE, *DEGREES))]
    assert [pair for pair in pairs if relation(*pair) != relation(*reversed(pair))] == []


@pytest.mark.parametrize(
    ("proposition", "against"),
    [("Towns should have a stadium.", False), ("Towns should fight the stadium.", True), ("Towns should cut road tax.", True),
     ("Towns should not cut road tax.", False), ("Towns should oppose the ban on dogs.", False), ("the dog ban", True), ("Towns should ban the ban on dogs.", False),
     ("tower blocks", False)],
)  # fmt: skip
def test_a_proposition_turns_by_the_verb_that_says_what_is_done(proposition, against):
    assert turns(proposition) is against


@pytest.mark.parametrize(
    "part",
    [
        "should ban ",
        "the end of ",
        "to keep ",
        "from banning ",
        "is ",
        "do away with ",
        "x-y’ ",
        "keep boats out ",
        "kept out of the bay ",
        "keep boats ",
        "bar from ",
        "says that ",
        "is not right ",
        "all tolls: ",
        "is not always ",
        "the ban on ",
    ],
)
def test_a_long_text_is_compared_in_proportion_to_its_length(part):
    def work(size):
        text = f"Towns should prevent {part * size}"
        return lambda: (relation.__wrapped__(text, f"{text}dogs"), relation.cache_clear())

    assert_in_proportion(work, 20_000)


@pytest.mark.parametrize(
    "part", ["banning tolls ", "is right ", "is not ", "the ban on ", "it is right for us ", "a ", "ing "]
)
@pytest.mark.parametrize("lead", ["Banning ", "It is right for ", "The ban on ", ""])
def test_a_long_verdict_is_read_in_proportion_to_its_length(lead, part):
    def work(size):
        text = lead + part * (size // len(part))
        return lambda: as_demand(text)

    assert_in_proportion(work, 50_000)


@pytest.mark.parametrize(
    "label",
    ["Rebuttal", "Con", "The case against", "Myth", "Counter-argument", "Critics", "Not so", "A claim that is false"],
)
def test_what_stands_under_a_label_that_may_oppose_it_has_no_side(label):
    assert relation(f"{label}: tolls should be abolished.", "Tolls should be abolished.") == 0


@pytest.mark.parametrize("topic", ["Tolls", "City traffic", "The Dover Tunnel"])
def test_a_topic_before_a_colon_is_taken_off(topic):
    assert relation(f"{topic}: tolls should be abolished.", "Tolls should be abolished.") == 1
    assert relation("We should keep tolls.", f"{topic}: we should abolish tolls.") == -1
    assert turns(f"{topic}: tolls should be abolished.")


@pytest.mark.parametrize(
    ("verdict", "demand"),
    [("Banning tolls is right.", "We should Banning tolls."), ("It is never right to ban tolls.", "We should not ban tolls."),
     ("It is wrong for towns to ban tolls.", "Towns should not ban tolls."), ("A ban on tolls is wrong.", "We should not have A ban on tolls."),
     ("Banning tolls is not wrong.", None), ("Banning tolls is hardly right.", None), ("The toll is right.", None),
     ("Building rules are right.", None), ("Something about the toll is wrong.", None), ("Being against tolls is right.", None)],
)  # fmt: skip
def test_a_verdict_on_doing_a_thing_says_that_it_should_be_done_or_should_not(verdict, demand):
    assert as_demand(verdict) == (demand or verdict)
