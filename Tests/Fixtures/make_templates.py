"""Writes Tokenizer/templates.json: what jinja2 gives for the table of template_features.py.

The settings are those of transformers, whose own environment renders them.
"""
import datetime
import json
import os

import jinja2
import transformers
import transformers.utils.chat_template_utils as reference

import template_features

assert jinja2.__version__ == "3.1.6", jinja2.__version__
assert transformers.__version__ == "5.23.0", transformers.__version__

NOW = [2025, 7, 4, 13, 5, 9]


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(*NOW)


reference.datetime = FixedTime


def rendered(template):
    case = {"template": template}
    try:
        text, ranges = reference._render_with_assistant_indices(
            reference._cached_compile_jinja_template(template), template_features.MESSAGES, None,
            None, False, **template_features.VARIABLES)
        case["text"] = text
        if ranges:
            case["generations"] = [[len(text[:a].encode()), len(text[:b].encode())]
                                   for a, b in ranges]
    except jinja2.exceptions.TemplateSyntaxError:
        case["error"] = "syntax"
    except Exception as error:
        # The sandbox's own class of errors is what `raise_exception` raises.
        case["error"] = "raised" if type(error) is jinja2.exceptions.TemplateError else "failed"
        if case["error"] == "raised":
            case["message"] = str(error)
    return case


cases = [rendered(template) for template in template_features.templates()]
path = os.path.join(os.path.dirname(__file__), "Tokenizer", "templates.json")
with open(path, "w", encoding="utf-8") as file:
    json.dump({"now": NOW, "messages": template_features.MESSAGES,
               "variables": template_features.VARIABLES, "cases": cases}, file,
              ensure_ascii=False, indent=0)
    file.write("\n")
print(len(cases), "cases,", sum("error" in case for case in cases), "of them errors")
