//! `GET /api/v1/records/{id}/proof`.

use ledger::Hash;
use ledger::note::VerifierKey;
use ledger::proof::TlogProof;

use crate::samples::{complaint, id};
use crate::site::on_both;

#[test]
fn a_proof_is_checked_without_the_server() {
    on_both(async |site| {
        site.stored(&complaint(1, "p-1")).await;
        let path = format!("/api/v1/records/{}/proof?wait=signed", id(1));
        let answer = site.get(&path).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        let proof = TlogProof::parse(&answer.body).unwrap();
        let keys = std::fs::read_to_string(site.system.data().join("keys/log.vkey")).unwrap();
        let key: VerifierKey = keys.lines().last().unwrap().parse().unwrap();
        let opening = proof.opening().unwrap().unwrap();
        let leaf = opening.leaf(None).unwrap();
        proof.verify(&Hash::of_leaf(&leaf.to_bytes()), &[&key]).unwrap();
        let stored = site.system.reader().record(id(1).parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(opening.record().unwrap(), stored.envelope.as_slice());
        assert!(!String::from_utf8_lossy(&stored.envelope).contains("张三"));
        // The same key is told over HTTP.
        let logs = site.get("/api/v1/log").await.json();
        assert_eq!(logs["logs"][0]["key"], keys.lines().last().unwrap());
    });
}

#[test]
fn a_record_that_is_not_signed_yet_has_no_proof_yet() {
    on_both(async |site| {
        let missing = site.get(&format!("/api/v1/records/{}/proof", id(9))).await;
        missing.problem(404, "read.not_found");
        // The log signs twice a second, so that one of these comes before.
        for number in 1.. {
            site.stored(&complaint(number, "p-1")).await;
            let answer = site.get(&format!("/api/v1/records/{}/proof", id(number))).await;
            if answer.status != 200 {
                answer.problem(404, "proof.not_signed");
                assert_eq!(answer.header("retry-after"), "1");
                break;
            }
        }
    });
}
