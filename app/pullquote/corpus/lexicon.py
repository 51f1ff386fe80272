"""English word lists that tell a question's subject from its verb: auxiliaries, common verbs, adjectives."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODALS = _words("should must can could would will may might shall ought")
AUXILIARIES = MODALS | _words("is are was were has have had do does did")
VERBS = _words(
    """
    abandon abolish accept accuse achieve act address admit adopt affect aid allow approve arm arrest ask assist
    attack authorise authorize avoid backfire ban be become begin believe benefit block bomb break bring build
    burden buy call cancel capture cause cease change charge choose claim close collapse combat come compel
    condemn conduct consider continue contribute control cooperate cost count create criminalise criminalize
    cripple curb cut damage deal declare decline decrease decriminalise decriminalize defeat defend deliver
    demand demolish deny depend deploy deport deserve designate destabilise destabilize destroy deter develop
    die disarm discourage dismantle disrupt divide do drive drop earn ease eliminate emerge employ empower
    encourage end endanger endorse enforce engage ensure escalate establish exacerbate exist expand explain
    exploit export extend face fail fall favor favour feed fight finance find fix flee focus follow force foster
    fragment fuel fund gain get give go govern grow guarantee happen harm have help hinder hit hold hurt ignore
    impose imprison improve include increase inflict influence inspect intervene invade invest involve jail join
    justify keep kill know label lack lead leave legalise legalize let lift limit live lose lower make matter
    mean meet move need negotiate obey offer open oppose outweigh overcome own participate pay permit persist
    play pose prevent produce profit prohibit promote prosecute protect prove provide provoke punish push put
    raise reach rebuild receive recognise recognize reduce reform refuse regulate reject remain remove repeal
    replace require resist respect respond restore restrict result retaliate reverse rise risk run sanction save
    say secure seek seize sell send serve share shift shoot show shrink sign slow solve spare spend spread spur
    stand start stay stem stop strengthen strike study succeed suffer support suppress survive suspend take
    target tax tell threaten tighten trade traffic train treat trigger trust try undermine understand use
    violate vote wage want warn waste weaken win withdraw wear carry eat drink smoke learn teach watch speak hear listen visit travel hire marry vaccinate solve share join adopt borrow lend earn invent design manage produce contain cover deepen embolden entrench fragment intensify multiply outlaw penalise penalize police radicalise radicalize shorten subsidise subsidize tolerate weigh work worry worsen yield
    """
)
# Verbs that are nouns as often: of two in a row the first is taken for a noun.
AMBIGUOUS = _words(
    """
    act aid arrest attack ban benefit block burden cause change charge claim control cost count cut damage deal
    decline decrease demand drive drop end fight force fuel fund gain harm help hit increase influence
    label lack lead limit move need offer play police pose produce profit push raise reach reform result rise risk run
    sanction say shift show sign spread stem strike study support target tax trade traffic train trust use vote
    waste work
    """
)
# Of these, those that are nouns far more often: "harm trade talks" harms.
NOUNS = _words("aid police tax trade traffic train use")
ADJECTIVES = _words(
    """
    addictive bad best better cheap complicit constitutional corrupt counterproductive critical crucial cruel
    dangerous disproportionate efficient enough essential ethical expensive failing fair false free futile good
    guilty harmful high humane illegal immoral important impossible inefficient inhumane insufficient just
    lawful legal likely low moral necessary over pointless popular possible proportionate racist real reliable
    responsible right safe strong successful sufficient sustainable true unconstitutional unethical unfair
    unjust unlawful unlikely unsafe unwise useful useless violent vital weak wise worse worst worthwhile wrong
    """
)
PARTICIPLES = _words(
    """
    become been begun broken brought built caused chosen cut done driven fallen fought found given gone grown
    held hit hurt kept led left lost made met paid put risen said seen sent shown sold spent struck taken won
    worn written
    """
)
SUBJECTS = _words(
    """
    america americans britain canada china colombia congress europe governments he i it mexico people
    politicians russia she they venezuela washington we you
    """
) | {
    "the army", "the eu", "the government", "the military", "the police", "the president", "the state", "the u.s.", "the uk", "the un", "the united states", "the us", "the us government", "the west", "the world",
}  # fmt: skip
# After these a word is a noun, whatever else it may be.
BEFORE_NOUN = _words(
    """
    a about against all an and any as at being between by each every for from her his in into its less more most
    my no nor of on or our over some than that the their these this those to with your
    """
)
DETERMINERS = _words("a an any each every her his its my no our some that the their these this those your")
OPENS_COMPLEMENT = _words(
    """
    a always an ever just less likely more never not only really so still too truly very worth
    """
)
FOLLOWS_ADJECTIVE = _words(
    """
    about against and as at because by enough for from if in less more of on only or than to too under when with
    """
)
IRREGULAR_THIRD = {"be": "is", "have": "has", "do": "does", "go": "goes"}


def third_person(verb: str) -> str:
    """A verb's form after he, she or it. Example: third_person("deny") -> "denies"."""
    if verb in IRREGULAR_THIRD:
        return IRREGULAR_THIRD[verb]
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"
