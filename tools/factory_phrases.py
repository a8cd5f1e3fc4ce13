"""What is said in a factory, as templates and the words that fill them, in English and German.

The corpus that the shipped tokenizer is made from. Frozen with it: a word changed here is another
tokenizer, to which no trained model fits. Knows nothing of tokenizers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ROUNDS = 60
"""Times that each template is said, each time with other words."""

WORDS: dict[str, tuple[str, ...]] = {
    name: tuple(words.split("|"))
    for name, words in {
        "zone": "zone A|zone B|zone C|zone 1|zone 2|the press area|the robot cell|the loading dock"
        "|the paint shop|the welding bay|the fenced area|the yellow line|the conveyor|the gate"
        "|the warehouse|the assembly line|the packing station|the workshop|the charging area"
        "|the emergency exit|the walkway|the platform|the control room|the storage rack|the aisle",
        "zone_name": "press_area|robot_cell|loading_dock|welding_bay|paint_shop|north_gate|line_2"
        "|cell_4|walkway_east|charging_area|packing_station|assembly_line|storage_rack|press_1",
        "machine": "press 1|press 2|press 3|robot 4|the lathe|the milling machine|the pump"
        "|the compressor|the conveyor belt|the crane|the forklift|the hydraulic unit|the fan"
        "|the cooling system|the gearbox|the spindle|the motor|the drive|the cutter|the furnace"
        "|the welding robot|the gripper|the drill|the saw|the mixer|the turbine|the generator"
        "|the injection moulding machine|the ventilation|the palletizer|the scanner|the elevator",
        "person": "a person|somebody|a worker|a visitor|an operator|a driver|a technician"
        "|an electrician|someone without a helmet|two people|a colleague|the foreman|the engineer",
        "part": "bearing|belt|seal|filter|valve|sensor|hose|cable|fuse|switch|relay|chain|shaft"
        "|coupling|brake|clutch|nozzle|piston|cylinder|tank|pipe|screw|bolt|guard|light curtain"
        "|emergency stop|door switch|oil level|coolant|lubricant|impeller|rotor|winding|encoder",
        "fault": "is worn|is loose|is leaking|is broken|is too hot|is overheating|is blocked"
        "|is vibrating|is noisy|is misaligned|needs grease|needs to be replaced|has a crack"
        "|shows outer race damage|shows imbalance|shows cavitation|is dirty|is missing"
        "|is running dry|has failed|is jammed|is corroded|is overloaded|is stuck",
        "state": "running|stopped|idle|in setup|in maintenance|locked out|ready|faulty|warming up"
        "|waiting for material|switched off|paused|in emergency stop|in automatic mode",
        "number": "1|2|3|4|5|6|7|8|9|10|12|15|16|18|20|24|25|30|32|40|45|48|50|60|64|75|80|90|100"
        "|120|150|180|200|250|300|400|500|750|1000|1200|1500|2000|3000|0.5|1.5|2.5|3.7|7.1|12.4",
        "unit": "seconds|minutes|hours|days|weeks|percent|degrees|bar|volts|amperes|watts"
        "|kilowatts|hertz|kilohertz|millimetres|metres|micrometres|litres|kilograms|tonnes"
        "|revolutions per minute|millimetres per second|parts per hour|decibels|newton metres",
        "sign": "mm|mm/s|°C|bar|V|A|kW|Hz|kHz|rpm|1/min|%|kg|l/min|dB|Nm|m/s²|µm|ms|MPa",
        "time": "now|today|tomorrow|tonight|this morning|yesterday|on Monday|on Tuesday|soon"
        "|on Wednesday|on Thursday|on Friday|at noon|at 6:30|at 14:00|at 22:15|before the shift"
        "|after the shift|within the hour|next week|since this morning|during the night shift",
        "alarm": "the siren|a loud impact|smoke|fire|a call for help|an unusual machine sound"
        "|a vehicle close to a person|a missing helmet|a person down|a covered camera"
        "|a frozen picture|no sound|gas|steam|sparks|an oil spill|a fallen load|broken glass",
        "yes": "Yes|No|Okay|All right|Understood|Of course|Sure|Sorry|Thank you|Please|Wait|Stop"
        "|Hello|Good morning|Good evening|Mhm|Uh-huh|Right|I see|Not yet|Exactly|One moment",
        "kind": "machine_status|maintenance|remind|look_up|manual|check|history|alarm_status|trend"
        "|vibration|temperature|spare_part|schedule|report|playbook|measure|inventory|shift_log",
        "der_bereich": "Bereich A|Bereich B|Zone 1|Zone 2|Pressenbereich|Roboterzelle|Laderampe"
        "|Lackiererei|Schweißplatz|Absperrung|gelbe Linie|Förderband|Tor|Lager|Montagelinie"
        "|Packplatz|Werkstatt|Ladestation|Notausgang|Gehweg|Bühne|Leitstand|Regal|Gang|Halle 3",
        "maschine": "Presse 1|Presse 2|Presse 3|Roboter 4|die Drehmaschine|die Fräsmaschine"
        "|die Pumpe|der Kompressor|der Kran|der Stapler|das Hydraulikaggregat|der Lüfter"
        "|die Kühlung|das Getriebe|die Spindel|der Motor|der Antrieb|der Ofen|der Greifer"
        "|der Schweißroboter|die Bohrmaschine|die Säge|der Mischer|die Anlage|die Lüftung",
        "wer": "eine Person|jemand|ein Mitarbeiter|ein Besucher|ein Bediener|ein Fahrer"
        "|eine Technikerin|ein Elektriker|eine Kollegin|zwei Personen|der Schichtleiter",
        "teil": "Lager|Riemen|Dichtung|Filter|Ventil|Sensor|Schlauch|Kabel|Sicherung|Schalter"
        "|Relais|Kette|Welle|Kupplung|Bremse|Düse|Kolben|Zylinder|Behälter|Rohr|Schraube"
        "|Schutzgitter|Lichtvorhang|Not-Halt|Türschalter|Ölstand|Kühlmittel|Schmierstoff",
        "schaden": "ist verschlissen|ist locker|ist undicht|ist defekt|ist zu heiß|ist überhitzt"
        "|ist blockiert|vibriert|ist laut|muss geschmiert werden|muss ersetzt werden"
        "|hat einen Riss|zeigt einen Außenringschaden|zeigt eine Unwucht|ist verschmutzt|fehlt"
        "|läuft trocken|ist ausgefallen|klemmt|ist überlastet|ist verstopft",
        "zustand": "läuft|steht|wartet|ist im Einrichtbetrieb|ist in Wartung|ist gesperrt"
        "|ist bereit|ist gestört|wird aufgewärmt|ist ausgeschaltet|ist im Automatikbetrieb",
        "einheit": "Sekunden|Minuten|Stunden|Tage|Wochen|Prozent|Grad|Bar|Volt|Ampere|Kilowatt"
        "|Hertz|Millimeter|Meter|Liter|Kilogramm|Tonnen|Umdrehungen pro Minute|Teile pro Stunde",
        "wann": "jetzt|heute|morgen|heute Nacht|heute früh|gestern|am Montag|am Dienstag|bald"
        "|am Mittwoch|am Donnerstag|am Freitag|mittags|um 6:30 Uhr|um 14 Uhr|vor der Schicht"
        "|nach der Schicht|nächste Woche|seit heute Morgen|während der Nachtschicht",
        "ja": "Ja|Nein|Gut|In Ordnung|Verstanden|Natürlich|Gern|Entschuldigung|Danke|Bitte|Halt"
        "|Hallo|Guten Morgen|Guten Abend|Genau|Ach so|Noch nicht|Einen Moment|Alles klar",
    }.items()
}

TEMPLATES = tuple(
    """\
Warning. Person in {zone}. Step back.
Warning. {person} has entered {zone}. Please step back behind the line.
Emergency. Person down in {zone}. Send help.
Attention. Helmet required in {zone}.
Danger. Vehicle close to a person in {zone}. Stop.
Fire alarm. Smoke or fire in {zone}. Leave the area.
Warning. Siren heard at {zone}.
Attention. Loud impact heard at {zone}.
Attention. Unusual machine sound at {machine}.
Emergency. Call for help heard at {zone}.
Attention. Camera {zone_name} gives no picture.
Attention. The picture of camera {zone_name} is frozen.
Attention. Camera {zone_name} is blinded or in the dark.
Attention. Camera {zone_name} has been moved.
Attention. Microphone {zone_name} gives no sound.
Notice. The assistant is slow. Guards remain active.
{yes}. The {part} of {machine} {fault}.
{yes}, {zone} is clear. You may enter {time}.
{yes}, do not enter {zone}. {machine} is {state}.
Is it safe to enter {zone}?
Is {person} in {zone}?
What is the state of {machine}?
Why is {machine} {state}?
How long has {machine} been {state}?
When was the {part} of {machine} last changed?
Which {part} does {machine} need?
Where is the spare {part}?
Who acknowledged the alarm about {alarm} {time}?
Acknowledge the alarm in {zone}.
False alarm, because {person} is working there.
Shelve the alarm about {alarm} for {number} {unit}.
Be quiet. Stop talking. Say that again, please.
Remind me in {number} {unit}.
Remind me {time} to check the {part} of {machine}.
Check {machine} every {number} {unit}.
Tell me when {machine} is {state}.
Tell me when you hear {alarm}.
Warn me when {person} comes near {machine}.
I saw {alarm} near {zone} {time}.
I hear {alarm} at {machine}.
I will have that checked. It takes about {number} {unit}.
I do not know. I cannot see {zone} from here.
There are {number} people in {zone} and nobody at {machine}.
The {part} {fault}; the vibration is {number} {unit} at {number} hertz.
The temperature of {machine} is {number} {unit}, the limit is {number}.
The envelope spectrum of {machine} shows {number} Hz: the {part} {fault}.
{machine} has {number} {unit} of useful life left. Plan the repair {time}.
Next check of {machine} {time}. Order the {part} before that.
Speak only when spoken to. Answer in one sentence.
You are watching {zone} and {machine}. Warn in English.
Never start {machine} while {person} is in {zone}.
{number} {sign}, {number} {sign}, {number}-{number} {sign}
{kind} {zone_name}: {number} {sign}
{kind}: {machine}, {part}? {kind}_{number}
count to {number}: one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve
Warnung. Person im Bereich {der_bereich}. Bitte zurücktreten.
Warnung. {wer} ist im Bereich {der_bereich}.
Notfall. Person am Boden im Bereich {der_bereich}. Hilfe holen.
Achtung. Helmpflicht im Bereich {der_bereich}.
Gefahr. Fahrzeug nahe einer Person, {der_bereich}. Anhalten.
Feueralarm. Rauch oder Feuer, {der_bereich}. Bereich verlassen.
Warnung. Sirene zu hören, {der_bereich}.
Achtung. Lauter Schlag zu hören, {der_bereich}.
Achtung. Ungewöhnliches Maschinengeräusch, {maschine}.
Notfall. Hilferuf zu hören, {der_bereich}.
Achtung. Kamera {zone_name} liefert kein Bild. Das Bild steht still.
Achtung. Kamera {zone_name} ist verdeckt, geblendet oder unscharf.
Achtung. Mikrofon {zone_name} liefert keinen Ton.
Hinweis. Der Assistent ist langsam. Die Wächter laufen weiter.
{ja}. {teil}: {maschine} {schaden}.
{ja}, der Bereich {der_bereich} ist frei. Sie können {wann} hinein.
{ja}, nicht betreten: {maschine} {zustand}.
Ist es sicher, {der_bereich} zu betreten?
Ist {wer} im Bereich {der_bereich}?
Wie ist der Zustand, {maschine}? Warum {zustand} das?
Wann wurde das Teil {teil} zuletzt gewechselt?
Wo liegt das Ersatzteil {teil}? Wer hat quittiert?
Alarm quittieren, {der_bereich}. Fehlalarm, weil {wer} dort arbeitet.
Sei still. Bitte wiederholen. Sprich leiser.
Erinnere mich in {number} {einheit}. Erinnere mich {wann}.
Prüfe {maschine} alle {number} {einheit}.
Sag Bescheid, wenn {maschine} {zustand}.
Ich lasse das prüfen. Das dauert etwa {number} {einheit}.
Ich weiß es nicht. Das kann ich von hier nicht sehen.
Die Temperatur beträgt {number} {einheit}, der Grenzwert ist {number}.
{maschine}: {teil} {schaden}, Schwingung {number} {sign} bei {number} Hz.
Nächste Prüfung {wann}. Bitte {teil} bestellen.
Sprich nur, wenn du gefragt wirst. Antworte auf Deutsch.
Zähle bis {number}: eins, zwei, drei, vier, fünf, sechs, sieben, acht, neun, zehn, elf, zwölf
""".splitlines()
)

_SLOT = re.compile(r"\{(\w+)\}")


def phrases() -> Iterator[str]:
    """Every phrase of the corpus, always the same ones in the same order."""
    for spoken in range(ROUNDS):
        for number, template in enumerate(TEMPLATES):
            yield _filled(template, spoken + number)


def _filled(template: str, turn: int) -> str:
    """The template with words that wander through their lists, each slot at its own pace."""
    places = iter(range(len(template)))

    def word(slot: re.Match[str]) -> str:
        words = WORDS[slot[1]]
        return words[(turn * (1 + 2 * next(places))) % len(words)]

    said = _SLOT.sub(word, template)
    return said[:1].upper() + said[1:] if turn % 2 else said
