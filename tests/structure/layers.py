# SPDX-License-Identifier: Apache-2.0
"""Which module may use which: includes, CMake lists and the tables in ARCHITECTURE.md must agree."""

import re

# A module may use itself and the modules listed here.
MAY_USE = {
    "base": [],
    "wire": ["base"],
    "model": ["base", "wire"],
    "seam": ["base", "wire", "model"],
    "engine": ["base", "wire", "model"],
    "strategy": ["base", "wire", "model", "engine"],
    "survey": ["base", "wire", "model", "engine"],
    "infer": ["base", "wire", "model"],
    "sim": ["base", "wire", "model", "seam"],
    "replay": ["base", "wire", "model", "seam", "engine", "strategy"],
    "drive": ["base", "model", "engine", "strategy", "survey", "seam"],
    "present": ["base", "wire", "model", "seam"],
    "tui": ["base", "model", "present", "seam"],
    "os": ["base", "seam"],
    "transport": ["base", "wire", "model", "seam", "os"],
    "enrich": ["base", "model", "seam", "os"],
    "tracer": ["base", "wire", "model", "seam", "engine", "strategy", "infer", "sim", "replay", "drive", "os",
               "transport", "enrich"],
    "api": ["base", "model", "seam", "engine", "strategy", "sim", "drive", "os", "tracer"],
}
# Uses everything; nothing uses it.
TOP = "cli"
EDGE = {"os", "transport", "enrich", "tracer", "api", TOP}
PURE = set(MAY_USE) - EDGE

_CALL = re.compile(r"synroute_module\s*\((?P<body>[^)]*)\)", re.DOTALL)
_KEYWORDS = ("DEPENDS", "SOURCES", "HEADERS", "TESTS", "TEST_DEPENDS", "SYSTEM")


def allowed(module):
    return [*MAY_USE, TOP] if module == TOP else MAY_USE[module]


def _include_offence(file, include):
    used = include.name.split("/")[0]
    if "/" not in include.name:
        return f'"{include.name}" does not name its module: write "{file.module}/{include.name}"'
    if used not in MAY_USE and used != TOP:
        return f'"{include.name}": nothing in src may use {used}'
    if file.module and used != file.module and used not in allowed(file.module):
        return f"{file.module} may not use {used} (ARCHITECTURE.md holds the table)"
    return None


def check_includes(tree):
    for file in tree:
        if not file.path.startswith("src/") or not file.is_cpp:
            continue
        if file.module and file.module not in MAY_USE and file.module != TOP:
            yield file.offence(1, f"the module {file.module} is not in the table of tests/structure/layers.py")
            continue
        if file.is_test:
            continue
        for include in file.includes:
            message = _include_offence(file, include) if include.quoted else None
            if message:
                yield file.offence(include.line, message)


def parse_module(text):
    """{keyword: [words]} of the one synroute_module() call, with the name under "NAME"; None without one."""
    call = _CALL.search(re.sub(r"#[^\n]*", "", text))
    if not call:
        return None
    name, *words = call["body"].split()
    lists = {keyword: [] for keyword in _KEYWORDS}
    current = None
    for word in words:
        if word in lists:
            current = word
        elif current:
            lists[current].append(word)
    return {"NAME": name, **lists}


def _included_modules(sources, module):
    names = (i.name.split("/")[0] for f in sources for i in f.includes if i.quoted and "/" in i.name)
    return {name for name in names if name != module and (name in MAY_USE or name == TOP)}


def _with_all_they_include(sources, tree):
    by_path = {f.path: f for f in tree}
    found, edge = set(), {f.path for f in sources}
    while edge:
        found |= edge
        included = {"src/" + i.name for path in edge for i in by_path[path].includes if i.quoted}
        edge = (included & set(by_path)) - found
    return [by_path[path] for path in found]


def _depends_offences(file, declared, tree):
    sources = [f for f in tree if f.module == file.module and f.is_cpp and not f.is_test]
    listed = set(declared["DEPENDS"])
    used = _included_modules(sources, file.module)
    reached = _included_modules(_with_all_they_include(sources, tree), file.module)
    for name in sorted(listed - set(allowed(file.module))):
        yield file.offence(1, f"{file.module} may not depend on {name}")
    for name in sorted(used - listed):
        yield file.offence(1, f"{file.module} includes {name}: add it to DEPENDS")
    for name in sorted(listed - reached):
        yield file.offence(1, f"{file.module} lists {name} and nothing it includes needs it: take it out of DEPENDS")


def _listing_offences(file, declared, tree):
    folder = file.path.rsplit("/", 1)[0] + "/"
    named = {word for keyword in ("SOURCES", "HEADERS", "TESTS") for word in declared[keyword]}
    for source in tree:
        if not source.path.startswith(folder) or not source.is_cpp:
            continue
        is_shared_by_tests = source.suffix == ".hpp" and source.is_test
        if source.path[len(folder):] not in named and not is_shared_by_tests:
            yield source.offence(1, f"not listed in {file.path}: it is neither compiled nor tested")


def check_cmake_lists(tree):
    declared = {f.module: f for f in tree if f.module and f.path == f"src/{f.module}/CMakeLists.txt"}
    for module in sorted({f.module for f in tree if f.module and f.is_cpp} - set(declared)):
        first = next(f for f in tree if f.module == module)
        yield first.offence(1, f"src/{module} has no CMakeLists.txt")
    for module, file in declared.items():
        lists = parse_module(file.text)
        if lists is None or lists["NAME"] != module:
            yield file.offence(1, f"no synroute_module({module} ...)")
        elif module in MAY_USE or module == TOP:
            yield from _depends_offences(file, lists, tree)
            yield from _listing_offences(file, lists, tree)


def documented_table(text):
    """{module: [modules]} from the rows "| `base` | – | … |" of ARCHITECTURE.md."""
    rows = re.findall(r"^\| `([a-z]+)` \| ([^|]+) \|", text, re.MULTILINE)
    return {module: re.findall(r"[a-z]+", uses) for module, uses in rows}


def check_documentation(tree):
    for file in tree:
        if file.path == "ARCHITECTURE.md":
            documented = documented_table(file.text)
            for module in sorted(set(MAY_USE) | set(documented)):
                if documented.get(module) != MAY_USE.get(module):
                    yield file.offence(
                        1, f"the row of {module} says {documented.get(module)}, layers.py says {MAY_USE.get(module)}")


def folder_of(file):
    """The folder of a file within its module ("sim/boxes"). A header and source at the top of a module count as a folder
    of their own ("cli/streams"), since such files may be used by the folders or use them."""
    parts = file.path.split("/")
    return "/".join(parts[1:3]).rsplit(".", 1)[0] if len(parts) == 3 else "/".join(parts[1:-1])


def _folder_includes(tree):
    """{folder: {folder it includes: (file, line) of the first include}} within modules, without unit tests."""
    folders = {f.path: folder_of(f) for f in tree if f.module and f.is_cpp and not f.is_test}
    includes = {folder: {} for folder in folders.values()}
    for file in tree:
        for include in file.includes if file.path in folders else []:
            target = folders.get("src/" + include.name)
            if include.quoted and target and target != folders[file.path] and include.name.startswith(file.module + "/"):
                includes[folders[file.path]].setdefault(target, (file, include.line))
    return includes


def _path_to(includes, start, goal):
    """The folders from `start` to `goal` along includes; None if there is no path."""
    paths, seen = [[start]], {start}
    while paths:
        path = paths.pop(0)
        if path[-1] == goal:
            return path
        for folder in sorted(includes[path[-1]]):
            if folder not in seen:
                seen.add(folder)
                paths.append([*path, folder])
    return None


def check_cycles(tree):
    """Includes between folders of a module form no cycle; each cycle is reported once, at its alphabetically first folder."""
    includes = _folder_includes(tree)
    for folder in sorted(includes):
        for used in sorted(includes[folder]):
            back = _path_to(includes, used, folder)
            if back and folder == min(back):
                file, line = includes[folder][used]
                yield file.offence(line, "a cycle of includes: " + " -> ".join([folder, *back]))


def documented_folders(text):
    """The folders below modules that ARCHITECTURE.md describes: rows "| `sim/boxes` | ... |"."""
    return set(re.findall(r"^\| `([a-z]+/[a-z_/]+)` \|", text, re.MULTILINE))


def check_documented_folders(tree):
    folders = {folder_of(f) for f in tree if f.module and f.is_cpp and len(f.path.split("/")) > 3}
    for file in tree:
        if file.path == "ARCHITECTURE.md":
            for folder in sorted(folders ^ documented_folders(file.text)):
                what = "has no row" if folder in folders else "has a row and no files"
                yield file.offence(1, f"the folder {folder} {what} in the table of folders")


def check(tree):
    yield from check_includes(tree)
    yield from check_cmake_lists(tree)
    yield from check_documentation(tree)
    yield from check_cycles(tree)
    yield from check_documented_folders(tree)
