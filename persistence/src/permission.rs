//! What a caller may do to an object that he names: the rules, over facts loaded without locks.

use ::expertise::contact::Contact;
use ::expertise::member_expertise::MemberExpertise;
use ::expertise::request::ExpertiseRequest;
use ::expertise::term::ExpertiseTerm;
use ::networks::action_item::ActionItem;
use ::networks::announcement::Announcement;
use ::networks::co_animation::CoAnimation;
use ::networks::decision::Decision;
use ::networks::follow_up::FollowUp;
use ::networks::membership::Membership;
use ::networks::membership_request::MembershipRequest;
use ::networks::membership_review::MembershipReview;
use ::networks::network::Network;
use ::networks::notification::Notification;
use ::networks::seat::Seat;
use ::networks::standard::NetworkCriterion;
use diesel::prelude::*;
use kernel::schema::{
    action_item, affiliation, announcement, co_animation, contact, decision, expertise_request, expertise_term,
    follow_up, invitation, member, member_expertise, membership, membership_request, membership_review, network,
    network_criterion, notification, organization, organization_link, reorganization, role_assignment, seat,
};
use kernel::{Label, Noun, Refusal, Ruling};
use members::affiliation::Affiliation;
use members::invitation::Invitation;
use members::member::Member;
use members::organization::Organization;
use members::organization_link::OrganizationLink;
use members::reorganization::Reorganization;
use members::role_assignment::RoleAssignment;
use uuid::Uuid;

use crate::{Result, Store};

/// The answer to one question.
#[derive(Debug)]
pub struct Check {
    /// What the rules say.
    pub verdict: Verdict,
}

/// What the rules say.
#[derive(Debug, Clone, Copy)]
pub enum Verdict {
    /// He may, now.
    Allowed,
    /// He may not, or not now.
    Denied(Label),
    /// For him, it does not exist.
    Hidden,
}

const NOT_NOW: Label = Label { fr: "Son état ne le permet pas.", en: "Its state does not allow it." };

const UNKNOWN: Label = Label { fr: "Ce n'est pas une action sur un objet.", en: "This is no action on an object." };

impl Store<'_> {
    /// Whether the caller may do something to an object.
    ///
    /// # Errors
    /// There is no such action.
    pub fn check(&mut self, action: &str, object: &str) -> Result<Check> {
        let id = Uuid::parse_str(object).unwrap_or_default();
        macro_rules! first_of {
            ($($noun:ty => $query:expr),+ $(,)?) => {
                $(if <$noun>::OFFERS.iter().any(|offer| offer.name == action) {
                    let found: Option<$noun> = $query.first(self.reading().0).optional()?;
                    return Ok(Check { verdict: self.verdict(found, action) });
                })+
            };
        }
        first_of! {
            Organization => Organization::query().filter(organization::id.eq(id)),
            OrganizationLink => OrganizationLink::query().filter(organization_link::id.eq(id)),
            Member => Member::query().filter(member::id.eq(id)),
            Affiliation => Affiliation::query().filter(affiliation::id.eq(id)),
            Reorganization => Reorganization::query().filter(reorganization::id.eq(id)),
            RoleAssignment => RoleAssignment::query().filter(role_assignment::id.eq(id)),
            Network => Network::query().filter(network::code.eq(object)),
            CoAnimation => CoAnimation::query().filter(co_animation::id.eq(id)),
            Seat => Seat::query().filter(seat::id.eq(id)),
            Membership => Membership::query().filter(membership::id.eq(id)),
            MembershipRequest => MembershipRequest::query().filter(membership_request::id.eq(id)),
            MembershipReview => MembershipReview::query().filter(membership_review::id.eq(id)),
            Invitation => Invitation::query().filter(invitation::id.eq(id)),
            FollowUp => FollowUp::query().filter(follow_up::id.eq(id)),
            Decision => Decision::query().filter(decision::id.eq(id)),
            Announcement => Announcement::query().filter(announcement::id.eq(id)),
            Notification => Notification::query().filter(notification::id.eq(id)),
            ActionItem => ActionItem::query().filter(action_item::id.eq(id)),
            NetworkCriterion => NetworkCriterion::query().filter(network_criterion::code.eq(object)),
            MemberExpertise => MemberExpertise::query().filter(member_expertise::id.eq(id)),
            ExpertiseRequest => ExpertiseRequest::query().filter(expertise_request::id.eq(id)),
            Contact => Contact::query().filter(contact::id.eq(id)),
            ExpertiseTerm => ExpertiseTerm::query().filter(expertise_term::code.eq(object)),
        }
        Err(Refusal::Invalid("/checks", UNKNOWN).into())
    }

    fn verdict<T: Noun>(&self, found: Option<T>, action: &str) -> Verdict {
        let offer = T::OFFERS.iter().find(|offer| offer.name == action);
        let (Some(found), Some(offer)) = (found, offer) else { return Verdict::Hidden };
        match (offer.rule)(self.actor(), &found) {
            Ruling::Hide => Verdict::Hidden,
            Ruling::Deny(why) => Verdict::Denied(why),
            Ruling::Allow if offer.stands(self.actor(), &found) => Verdict::Allowed,
            Ruling::Allow => Verdict::Denied(NOT_NOW),
        }
    }
}
