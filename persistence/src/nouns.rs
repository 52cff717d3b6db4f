//! All nouns that are kept, a line each: what the house must know of them is derived from this list.

use crate::kept::Descriptor;

/// Every noun that is kept, in the order in which a reorganization moves what rests on organizations, and in which people
/// are told what is held on them.
pub(crate) static NOUNS: &[Descriptor] = &[
    Descriptor::of::<::members::member::Member>(),
    Descriptor::of::<::members::affiliation::Affiliation>(),
    Descriptor::of::<::members::role_assignment::RoleAssignment>(),
    Descriptor::of::<::networks::co_animation::CoAnimation>(),
    Descriptor::of::<::networks::seat::Seat>(),
    Descriptor::of::<::members::organization_link::OrganizationLink>(),
    Descriptor::of::<::members::organization::Organization>(),
    Descriptor::of::<::networks::membership::Membership>(),
    Descriptor::of::<::networks::membership_request::MembershipRequest>(),
    Descriptor::of::<::members::invitation::Invitation>(),
    Descriptor::of::<::networks::membership_review::MembershipReview>(),
    Descriptor::of::<::networks::notification::Notification>(),
    Descriptor::of::<::networks::action_item::ActionItem>(),
    Descriptor::of::<::expertise::member_expertise::MemberExpertise>(),
    Descriptor::of::<::expertise::request::ExpertiseRequest>(),
    Descriptor::of::<::members::service_account::ServiceAccount>(),
    Descriptor::of::<::networks::follow_up::FollowUp>(),
    Descriptor::of::<::networks::follow_up_comment::FollowUpComment>(),
    Descriptor::of::<::networks::decision::Decision>(),
    Descriptor::of::<::networks::announcement::Announcement>(),
    Descriptor::of::<::networks::network::Network>(),
    Descriptor::of::<::networks::standard::NetworkCriterion>(),
    Descriptor::of::<::expertise::term::ExpertiseTerm>(),
    Descriptor::of::<::expertise::contact::Contact>(),
    Descriptor::of::<::members::reorganization::Reorganization>(),
];
