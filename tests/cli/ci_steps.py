"""The commands of the workflows in docs/ci, ready to run here: what tests/cli/ci.sh executes.
    ci_steps.py github FILE JOB FOLDER   writes NN.sh for each step that runs commands and prints "NN name"
    ci_steps.py gitlab FILE JOB FOLDER   writes script.sh
    ci_steps.py script FILE JOB          prints the program of the github-script step
"${{ steps.judge.outputs.code }}" becomes the variable steps_judge_outputs_code of the shell."""
import re
import sys

import yaml


def fill(text):
    return re.sub(r'\$\{\{(.*?)\}\}', lambda m: '${%s?}' % re.sub(r'\W', '_', m.group(1).strip()), str(text))


def github(job, folder):
    for number, step in enumerate(job['steps']):
        if 'run' not in step:
            continue
        lines = [f'export {key}="{fill(value)}"' for key, value in step.get('env', {}).items()]
        with open(f'{folder}/{number:02}.sh', 'w') as f:
            f.write('\n'.join(['set -eo pipefail'] + lines + [fill(step['run'])]) + '\n')
        print(f"{number:02} {step['name']}")


def gitlab(job, folder):
    with open(f'{folder}/script.sh', 'w') as f:
        f.write('set -eo pipefail\n' + '\n'.join(job['script']) + '\n')


def main():
    kind, path, name = sys.argv[1:4]
    with open(path) as f:
        job = yaml.safe_load(f)
    job = job[name] if kind == 'gitlab' else job['jobs'][name]
    if kind == 'github':
        github(job, sys.argv[4])
    elif kind == 'gitlab':
        gitlab(job, sys.argv[4])
    else:
        print([s['with']['script'] for s in job['steps'] if 'github-script' in s.get('uses', '')][0])


main()
