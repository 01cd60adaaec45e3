"""What a clip will hold, as plain data for `walkon render --plan --json`."""

from typing import Any

from walkon.types.scene import FPS, Action, Scene, Shot


def plan_json(scene: Scene) -> dict[str, Any]:
    """The plan of a scene: everything in English but the spoken lines, only types that JSON has.

    Keys: prompt, language, seconds, width, height, fps, seed, style, shots, not_staged, unknown, notes.
    """
    width, height = scene.size
    return {
        "prompt": scene.prompt,
        "language": scene.language,
        "seconds": scene.seconds,
        "width": width,
        "height": height,
        "fps": FPS,
        "seed": scene.seed,
        "style": scene.style,
        "shots": [_shot(shot) for shot in scene.shots],
        "not_staged": list(scene.not_staged),
        "unknown": list(scene.unknown),
        "notes": list(scene.notes),
    }


def _shot(shot: Shot) -> dict[str, Any]:
    return {
        "subjects": [
            {"id": subject.id, "noun": subject.noun, "kind": subject.kind.value, "count": subject.count, "known": subject.known}
            for subject in shot.subjects
        ],
        "actions": [_action(action) for action in shot.actions],
        "relations": [
            {"subject": relation.subject, "relation": relation.relation.value, "object": relation.object} for relation in shot.relations
        ],
        "lines": [_line(shot, number) for number in range(len(shot.lines))],
        "place": shot.place,
        "time": shot.time.value,
        "weather": shot.weather.value,
        "mood": shot.mood.value,
        "camera": shot.camera.value,
        "slow_motion": shot.slow_motion,
        "sounds": list(shot.sounds),
        "particles": list(shot.particles),
        "title": shot.title,
        "start_s": shot.start_s,
        "end_s": shot.end_s,
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "verb": action.verb,
        "subject": action.subject,
        "object": action.object,
        "mount": action.mount,
        "style": action.style,
    }


def _line(shot: Shot, number: int) -> dict[str, Any]:
    line = shot.lines[number]
    speaker = shot.subject(line.speaker)
    return {"speaker": speaker.noun if speaker else None, "text": line.text, "language": line.language}
