"""Write build/taskdef.json: the program is in the task definition, so that no image is built."""

import base64
import json
import pathlib
import shutil

CODE = "import base64, os; exec(base64.b64decode(os.environ['PROGRAM']))"

folder = pathlib.Path("build")
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()
program = base64.b64encode(pathlib.Path("app/greeting.py").read_bytes()).decode()
definition = json.loads(pathlib.Path("taskdef.json").read_text())
(container,) = definition["containerDefinitions"]
container["command"] = ["python3", "-c", CODE]
container["environment"] = [{"name": "PROGRAM", "value": program}]
(folder / "taskdef.json").write_text(json.dumps(definition, indent=2))
shutil.copy("appspec.yaml", folder)
