from django.db import migrations

# The same thing in both languages, as the industry says it; extended by the chains' own term bridges.
TERMS = [
    ("充电", "charging"), ("电池", "battery"), ("能量密度", "energy density"), ("续航", "range"), ("续航", "endurance"),
    ("快充", "fast charging"), ("芯片", "chip"), ("功耗", "power consumption"), ("散热", "heat dissipation"),
    ("散热", "cooling"), ("固态电池", "solid-state battery"), ("车规级", "automotive-grade"), ("智能驾驶", "autonomous driving"),
    ("传感器", "sensor"), ("医疗器械", "medical device"), ("输液泵", "infusion pump"), ("生物相容性", "biocompatibility"),
    ("新材料", "new material"), ("高分子", "polymer"), ("薄膜", "film"), ("包装", "packaging"), ("电极", "electrode"),
    ("正极", "cathode"), ("负极", "anode"), ("隔膜", "separator"), ("电解质", "electrolyte"), ("半导体", "semiconductor"),
    ("雷达", "radar"), ("天线", "antenna"), ("良率", "yield"), ("中试", "pilot"), ("量产", "mass production"),
    ("机器人", "robot"), ("轴承", "bearing"), ("电机", "motor"), ("涂层", "coating"), ("催化剂", "catalyst"),
    ("纺织", "textile"), ("钢铁", "steel"), ("氢能", "hydrogen"), ("光伏", "photovoltaic"), ("风电", "wind power"),
    ("需求", "need"), ("成果", "result"), ("设备", "equipment"), ("检测", "testing"), ("标准", "standard"),
]  # fmt: skip


def seed(apps, schema_editor):
    term = apps.get_model("search", "Term")
    term.objects.bulk_create([term(zh=zh, en=en) for zh, en in TERMS], ignore_conflicts=True)


def clear(apps, schema_editor):
    term = apps.get_model("search", "Term")
    for zh, en in TERMS:
        term.objects.filter(zh=zh, en=en).delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(seed, clear)]
