//! Search and suggestions: what people type and mean, and that nobody finds what he may not see.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Client, World};

const JUDGED: &str = include_str!("../search.tsv");

/// An address with words to look for.
pub fn asked(path: &str, words: &str, more: &str) -> String {
    let words: String = form_urlencoded::byte_serialize(words.as_bytes()).collect();
    format!("{path}?q={words}{more}")
}

/// The name of something found, whatever it is and in whichever shape.
fn name(hit: &Value) -> String {
    let named = hit.pointer("/organization/name").or_else(|| hit.pointer("/member/display_name"));
    named.unwrap().as_str().unwrap().to_owned()
}

fn names(client: &Client, words: &str, more: &str) -> Vec<String> {
    let found = client.get(&asked("/search", words, more)).expect(200).at("/items");
    found.as_array().unwrap().iter().map(name).collect()
}

fn labels(client: &Client, words: &str, more: &str) -> Vec<String> {
    let found = client.get(&asked("/suggest", words, more)).expect(200).at("/items");
    found.as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_people_type_finds_what_they_mean_among_the_first_three() {
    let client = World::shared().client("member");
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for line in JUDGED.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [words, kind, meant] = fields[..] else { panic!("{line}") };
        let found = names(&client, words, "");
        let hit = found.iter().take(3).any(|name| name == meant);
        let (judged, right) = kinds.entry(kind).or_default();
        (*judged, *right) = (*judged + 1, *right + usize::from(hit));
        if !hit {
            missed.push(format!("{kind}: {words} → {meant}, not {found:?}"));
        }
    }
    let percent = |right: usize, judged: usize| f64::from(u32::try_from(right * 1000 / judged).unwrap()) / 10.0;
    for (kind, (judged, right)) in &kinds {
        println!("search: {kind}: {judged} judged, {right} in the first three ({:.1} %)", percent(*right, *judged));
    }
    let (judged, right) = kinds.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("search: {judged} judged, {right} in the first three ({:.1} %)", percent(right, judged));
    println!("search: missed: {missed:#?}");
    assert!(judged >= 200 && kinds.len() == 5 && kinds.values().all(|(judged, _)| *judged >= 40), "{kinds:?}");
    assert!(right * 100 >= judged * 95, "{right} of {judged}: {missed:#?}");
}
