"""Honorifics: forms of address as they are cut short before a name: "Dr. Lee"."""

TITLES = "Mr|Mrs|Ms|Dr|Prof|Rev|Fr|Sen|Rep|Del|Assemb|Gov|Gen|Col|Capt|Cpt|Maj|Lt|Sgt|Cpl|Cmdr|Adm|Insp|Supt|Det|Cllr|Coun|Ald|Atty|Hon|Amb|Sec|Pres"
