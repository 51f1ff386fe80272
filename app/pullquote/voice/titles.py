"""Titles: the one list of what stands before a name to say how somebody is addressed or which office they hold."""

ABBREVIATED = "Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Lt|Col|Capt|Prof|Hon|Pres|Sec|Cllr|Rev"  # written with a point, or without
ADDRESS = rf"{ABBREVIATED}|Miss|Sir|Lord|Lady|Dame|Baroness|Madam|Sister|Father|Reverend|Dean"
OFFICES = (
    r"President|Senator|Secretary|Minister|Premier|Governor|Ambassador|Representative|Delegate|Commissioner|Mayor|Sheriff|"
    r"(?:Council|Alder|Assembly|Select)(?:wo)?man|Council(?:l?or|member)|Assemblymember|Trustee|Supervisor|Regent|Member|MP|"
    r"Speaker|Moderator|Clerk|Treasurer|Justice|Judge|Solicitor|General|Colonel|Major|Captain|Lieutenant|Commodore|Admiral|"
    r"Sergeant|Chief|Superintendent|Inspector|Detective|Constable|Professor|Provost|Coach|Nurse|Bishop|Pastor|Rabbi|Imam"
)
TITLE = rf"{ADDRESS}|{OFFICES}"
