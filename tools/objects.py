"""The object files of src/, for the checks that read symbols."""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def build_dir(argv):
    """The build folder given as argument, or build-o0, set up when needed.

    Unoptimized, unfortified, without builtins: there a call in the source is a symbol in the
    object, whatever the compiler would have put in its place.
    """
    if len(argv) > 1:
        return argv[1]
    path = os.path.join(ROOT, 'build-o0')
    if not os.path.exists(os.path.join(path, 'build.ninja')):
        run(['meson', 'setup', '--buildtype=plain', '-Doptimization=0', '-Dc_args=-fno-builtin', path, ROOT])
    return path


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print('\n'.join(done.stdout.splitlines()[-30:]))
        sys.exit('%s: %s failed' % (sys.argv[0], ' '.join(command[:2])))
    return done.stdout


def compiled(build):
    """Compiles src/ and returns [(folder, name below src/, object file)], without unit tests."""
    # The build description may be older than meson.build; ninja mends that.
    run(['ninja', '-C', build, 'build.ninja'])
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as f:
        commands = json.load(f)
    found = {}
    for c in commands:
        target = re.match(r'(?:src/lib(\w+)\.a|(outband))\.p/', c['output'])
        if not target:
            continue
        folder = target.group(1) or 'cli'
        source = os.path.relpath(os.path.join(c['directory'], c['file']), os.path.join(ROOT, 'src'))
        if source.startswith('..'):
            source = folder + '/' + os.path.basename(source)
        found[c['output']] = (folder, source, os.path.join(build, c['output']))
    if found:
        run(['ninja', '-C', build] + sorted(found))
    return sorted(found.values())


def symbols(objects, options):
    """Yields (object file, type letter, symbol) of all objects, from one run of nm."""
    if not objects:
        return
    for line in run(['nm', '-A', '-P'] + options + objects).splitlines():
        m = re.match(r'(.+?): (\S+) (\w)', line)
        if m:
            yield m.group(1), m.group(3), m.group(2)
