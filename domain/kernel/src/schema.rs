//! The tables, as `diesel print-schema` writes them: generated from the migrations (scripts/schema), never edited.
#![expect(missing_docs, reason = "generated")]

pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "xid8", schema = "pg_catalog"))]
    pub struct Xid8;
}

diesel::table! {
    action_item (id) {
        id -> Uuid,
        title -> Text,
        detail -> Nullable<Text>,
        network_id -> Nullable<Uuid>,
        owner_organization_id -> Uuid,
        owner_member_id -> Nullable<Uuid>,
        follow_up_id -> Nullable<Uuid>,
        interministerial -> Bool,
        due_on -> Date,
        status -> Text,
        closed_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    affiliation (id) {
        id -> Uuid,
        member_id -> Uuid,
        organization_id -> Uuid,
        position -> Nullable<Text>,
        service -> Nullable<Text>,
        profession -> Nullable<Text>,
        is_primary -> Bool,
        valid -> Tstzrange,
        field_sources -> Jsonb,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
        source_id -> Uuid,
    }
}

diesel::table! {
    announcement (id) {
        id -> Uuid,
        title -> Text,
        body -> Text,
        network_id -> Nullable<Uuid>,
        organization_kinds -> Array<Text>,
        origins -> Array<Text>,
        interministerial -> Bool,
        class -> Text,
        status -> Text,
        published_at -> Nullable<Timestamptz>,
        withdrawn_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    audit_event (position) {
        position -> Int8,
        at -> Timestamptz,
        principal_id -> Uuid,
        action -> Text,
        noun -> Text,
        object -> Nullable<Text>,
        object_version -> Nullable<Int4>,
        outcome -> Text,
        reason -> Nullable<Text>,
        changed_fields -> Array<Text>,
        request_id -> Nullable<Uuid>,
        on_behalf_of -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    change (object_id, object_version) {
        object_id -> Uuid,
        object_version -> Int4,
        noun -> Text,
        verb -> Text,
        changed_fields -> Array<Text>,
        actor_id -> Uuid,
        at -> Timestamptz,
        epoch -> Int4,
        xid -> Xid8,
        position -> Int8,
        image -> Nullable<Jsonb>,
    }
}

diesel::table! {
    co_animation (id) {
        id -> Uuid,
        network_id -> Uuid,
        organization_id -> Uuid,
        scope -> Text,
        valid -> Tstzrange,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    contact (id) {
        id -> Uuid,
        kind -> Text,
        given_name -> Nullable<Text>,
        name -> Text,
        organization_id -> Nullable<Uuid>,
        organization_name -> Nullable<Text>,
        role_title -> Nullable<Text>,
        email -> Nullable<Text>,
        phones -> Array<Text>,
        website -> Nullable<Text>,
        note -> Nullable<Text>,
        sharing -> Text,
        network_id -> Nullable<Uuid>,
        owner_id -> Uuid,
        review_by -> Nullable<Date>,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    decision (id) {
        id -> Uuid,
        follow_up_id -> Uuid,
        body -> Text,
        decided_on -> Date,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    delivery (id) {
        id -> Uuid,
        kind -> Text,
        object_id -> Uuid,
        member_id -> Nullable<Uuid>,
        address -> Nullable<Text>,
        status -> Text,
        attempts -> Int4,
        failure -> Nullable<Text>,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    directory_group (network_id, source_id) {
        network_id -> Uuid,
        source_id -> Uuid,
        version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    directory_user (member_id, source_id) {
        member_id -> Uuid,
        source_id -> Uuid,
        user_name -> Text,
        name_key -> Text,
        siret -> Nullable<Text>,
        said -> Jsonb,
        suspended_at -> Nullable<Timestamptz>,
        removed_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    epoch (number) {
        number -> Int4,
    }
}

diesel::table! {
    expertise_endorsement (id) {
        id -> Uuid,
        expertise_id -> Uuid,
        member_id -> Uuid,
        at -> Timestamptz,
    }
}

diesel::table! {
    expertise_request (id) {
        id -> Uuid,
        asker_id -> Uuid,
        expert_id -> Uuid,
        term_id -> Nullable<Uuid>,
        need -> Text,
        decision -> Text,
        decided_at -> Nullable<Timestamptz>,
        decline_reason -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    expertise_term (id) {
        id -> Uuid,
        code -> Text,
        label -> Text,
        label_en -> Nullable<Text>,
        synonyms -> Array<Text>,
        names -> Array<Text>,
        parent_id -> Nullable<Uuid>,
        network_ids -> Array<Uuid>,
        retired_at -> Nullable<Timestamptz>,
        status -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    external_id (noun, source_id, value) {
        noun -> Text,
        source_id -> Uuid,
        value -> Text,
        object_id -> Uuid,
    }
}

diesel::table! {
    follow_up (id) {
        id -> Uuid,
        axis -> Text,
        network_id -> Nullable<Uuid>,
        organization_id -> Nullable<Uuid>,
        interministerial -> Bool,
        held_on -> Date,
        health -> Text,
        summary -> Text,
        confidentiality -> Text,
        attendee_ids -> Array<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
        referent_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    follow_up_comment (id) {
        id -> Uuid,
        follow_up_id -> Uuid,
        body -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    idempotency_key (principal_id, key) {
        principal_id -> Uuid,
        key -> Text,
        request_digest -> Bytea,
        object_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    identity (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        principal_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    indicator_cell (on_date, revision, network_id, organization_id) {
        on_date -> Date,
        revision -> Int4,
        network_id -> Uuid,
        organization_id -> Uuid,
        expected -> Int8,
        filled -> Int8,
        referents_expected -> Int8,
        referents_filled -> Int8,
        members -> Int8,
    }
}

diesel::table! {
    indicator_publication (on_date, revision) {
        on_date -> Date,
        revision -> Int4,
        computed_at -> Timestamptz,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    indicator_total (on_date, revision, network_id) {
        on_date -> Date,
        revision -> Int4,
        network_id -> Uuid,
        expected -> Int8,
        filled -> Int8,
        referents_expected -> Int8,
        referents_filled -> Int8,
        members -> Int8,
    }
}

diesel::table! {
    invitation (id) {
        id -> Uuid,
        organization_id -> Uuid,
        network_id -> Nullable<Uuid>,
        request_id -> Nullable<Uuid>,
        member_id -> Nullable<Uuid>,
        given_name -> Text,
        usual_name -> Text,
        email -> Text,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        claimed_at -> Nullable<Timestamptz>,
        claimed_issuer -> Nullable<Text>,
        claimed_subject -> Nullable<Text>,
        claimed_level -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
        resent_by -> Array<Uuid>,
        claimed_name -> Nullable<Text>,
        claimed_email -> Nullable<Text>,
        contested_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    member (id) {
        id -> Uuid,
        given_name -> Text,
        usual_name -> Text,
        display_name -> Text,
        sort_name -> Text,
        email -> Nullable<Text>,
        phones -> Array<Text>,
        languages -> Array<Text>,
        profile_visibility -> Text,
        activated_at -> Nullable<Timestamptz>,
        suspended_at -> Nullable<Timestamptz>,
        departed_at -> Nullable<Timestamptz>,
        pseudonymised_at -> Nullable<Timestamptz>,
        status -> Text,
        field_sources -> Jsonb,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
        profile_objection_at -> Nullable<Timestamptz>,
        skeleton -> Nullable<Text>,
    }
}

diesel::table! {
    member_expertise (id) {
        id -> Uuid,
        member_id -> Uuid,
        term_id -> Uuid,
        level -> Text,
        available_to_help -> Bool,
        last_confirmed_at -> Timestamptz,
        endorsements -> Int4,
        valid -> Tstzrange,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    membership (id) {
        id -> Uuid,
        network_id -> Uuid,
        member_id -> Uuid,
        affiliation_id -> Uuid,
        organization_id -> Uuid,
        organization_kind -> Text,
        sort_name -> Text,
        role -> Text,
        interministerial -> Bool,
        valid -> Tstzrange,
        suspended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
        last_reviewed_at -> Nullable<Timestamptz>,
        source_id -> Uuid,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
        notification_level -> Text,
    }
}

diesel::table! {
    membership_request (id) {
        id -> Uuid,
        network_id -> Uuid,
        kind -> Text,
        organization_id -> Uuid,
        affiliation_id -> Nullable<Uuid>,
        member_id -> Nullable<Uuid>,
        invitee_given_name -> Nullable<Text>,
        invitee_usual_name -> Nullable<Text>,
        invitee_email -> Nullable<Text>,
        role -> Text,
        interministerial -> Bool,
        justification -> Nullable<Text>,
        notification_level -> Nullable<Text>,
        person_decision -> Text,
        person_decided_at -> Nullable<Timestamptz>,
        network_decision -> Text,
        network_decided_at -> Nullable<Timestamptz>,
        network_decided_by -> Nullable<Uuid>,
        refusal_reason -> Nullable<Text>,
        withdrawn_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
        membership_id -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    membership_review (id) {
        id -> Uuid,
        network_id -> Uuid,
        due_on -> Date,
        closed_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    membership_review_answer (review_id, membership_id) {
        review_id -> Uuid,
        membership_id -> Uuid,
        outcome -> Text,
        answered_at -> Timestamptz,
        answered_by -> Uuid,
    }
}

diesel::table! {
    network (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        audience -> Text,
        purpose -> Nullable<Text>,
        scope_note -> Nullable<Text>,
        cadence -> Text,
        visibility -> Text,
        join_policy -> Text,
        eligible_origins -> Array<Text>,
        annual_objectives -> Array<Text>,
        status -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
        charter_adopted_on -> Nullable<Date>,
        objectives_reviewed_on -> Nullable<Date>,
    }
}

diesel::table! {
    network_criterion (code) {
        code -> Text,
        label -> Text,
        measure -> Text,
        weight -> Int2,
        full_at -> Float8,
        half_at -> Float8,
        rank -> Int2,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
        id -> Uuid,
    }
}

diesel::table! {
    network_score (network_id, on_date) {
        network_id -> Uuid,
        on_date -> Date,
        score -> Nullable<Float8>,
        results -> Jsonb,
        computed_at -> Timestamptz,
    }
}

diesel::table! {
    notification (id) {
        id -> Uuid,
        member_id -> Uuid,
        kind -> Text,
        class -> Text,
        level -> Text,
        noun -> Text,
        object_id -> Uuid,
        network_id -> Nullable<Uuid>,
        read_at -> Nullable<Timestamptz>,
        digested_at -> Nullable<Timestamptz>,
        digest_id -> Nullable<Uuid>,
        withdrawn_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    organization (id) {
        id -> Uuid,
        kind -> Text,
        prefecture_level -> Nullable<Text>,
        origin_override -> Nullable<Text>,
        origin -> Text,
        name -> Text,
        short_name -> Nullable<Text>,
        aliases -> Array<Text>,
        parent_id -> Nullable<Uuid>,
        siren -> Nullable<Text>,
        sirets -> Array<Text>,
        territory_code -> Nullable<Text>,
        email_domains -> Array<Text>,
        website -> Nullable<Text>,
        contact_points -> Jsonb,
        successor_ids -> Array<Uuid>,
        status -> Text,
        field_sources -> Jsonb,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    organization_link (id) {
        id -> Uuid,
        from_id -> Uuid,
        to_id -> Uuid,
        kind -> Text,
        valid -> Tstzrange,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    organization_period (organization_id, valid) {
        organization_id -> Uuid,
        valid -> Tstzrange,
        kind -> Text,
        name -> Text,
        short_name -> Nullable<Text>,
        parent_id -> Nullable<Uuid>,
        territory_code -> Nullable<Text>,
        status -> Text,
    }
}

diesel::table! {
    organization_siret (siret) {
        siret -> Text,
        organization_id -> Uuid,
    }
}

diesel::table! {
    principal (id) {
        id -> Uuid,
        kind -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    reorganization (id) {
        id -> Uuid,
        title -> Text,
        operations -> Jsonb,
        applied_at -> Nullable<Timestamptz>,
        withdrawn_at -> Nullable<Timestamptz>,
        status -> Text,
        impact -> Nullable<Jsonb>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    revoked_token (id) {
        id -> Uuid,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    role_assignment (id) {
        id -> Uuid,
        member_id -> Uuid,
        affiliation_id -> Uuid,
        role -> Text,
        organization_id -> Nullable<Uuid>,
        valid -> Tstzrange,
        granted_by -> Uuid,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    search_name (text, organization_id) {
        text -> Text,
        organization_id -> Uuid,
        kind -> Text,
        for_insiders -> Bool,
    }
}

diesel::table! {
    search_word (noun, word) {
        noun -> Text,
        word -> Text,
    }
}

diesel::table! {
    seat (id) {
        id -> Uuid,
        network_id -> Uuid,
        organization_id -> Uuid,
        role -> Text,
        min -> Int2,
        max -> Int2,
        professions -> Array<Text>,
        interministerial -> Bool,
        valid -> Tstzrange,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    service_account (id) {
        id -> Uuid,
        name -> Text,
        organization_id -> Uuid,
        owner_id -> Uuid,
        source_id -> Nullable<Uuid>,
        scopes -> Array<Text>,
        expires_at -> Timestamptz,
        created_at -> Timestamptz,
        version -> Int4,
        revoked_at -> Nullable<Timestamptz>,
        subject_clients -> Jsonb,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    service_account_key (id) {
        id -> Uuid,
        service_account_id -> Uuid,
        kind -> Text,
        name -> Text,
        digest -> Nullable<Bytea>,
        public_key -> Nullable<Jsonb>,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    source (id) {
        id -> Uuid,
        code -> Text,
        kind -> Text,
    }
}

diesel::table! {
    task (position) {
        position -> Int8,
        kind -> Text,
        key -> Text,
        object_id -> Nullable<Uuid>,
        due_at -> Timestamptz,
        lease_until -> Nullable<Timestamptz>,
        attempt -> Int4,
        done_at -> Nullable<Timestamptz>,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    territory (code) {
        code -> Text,
        kind -> Text,
        name -> Text,
        parent_code -> Nullable<Text>,
        seat_insee_code -> Nullable<Text>,
        time_zone -> Text,
        cog_year -> Int2,
    }
}

diesel::table! {
    tracking_cell (network_id, organization_id) {
        network_id -> Uuid,
        organization_id -> Uuid,
        expected -> Int4,
        filled -> Int4,
        referents -> Int4,
        members -> Int4,
        gaps -> Int4,
        next_change_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    used_assertion (service_account_id, jti) {
        service_account_id -> Uuid,
        jti -> Text,
        expires_at -> Timestamptz,
    }
}

diesel::joinable!(action_item -> follow_up (follow_up_id));
diesel::joinable!(action_item -> member (owner_member_id));
diesel::joinable!(action_item -> network (network_id));
diesel::joinable!(action_item -> organization (owner_organization_id));
diesel::joinable!(affiliation -> member (member_id));
diesel::joinable!(affiliation -> organization (organization_id));
diesel::joinable!(affiliation -> source (source_id));
diesel::joinable!(announcement -> network (network_id));
diesel::joinable!(co_animation -> network (network_id));
diesel::joinable!(co_animation -> organization (organization_id));
diesel::joinable!(contact -> network (network_id));
diesel::joinable!(decision -> follow_up (follow_up_id));
diesel::joinable!(delivery -> member (member_id));
diesel::joinable!(directory_group -> network (network_id));
diesel::joinable!(directory_group -> source (source_id));
diesel::joinable!(directory_user -> member (member_id));
diesel::joinable!(directory_user -> source (source_id));
diesel::joinable!(expertise_endorsement -> member (member_id));
diesel::joinable!(expertise_endorsement -> member_expertise (expertise_id));
diesel::joinable!(expertise_request -> expertise_term (term_id));
diesel::joinable!(external_id -> source (source_id));
diesel::joinable!(follow_up -> network (network_id));
diesel::joinable!(follow_up -> organization (organization_id));
diesel::joinable!(follow_up_comment -> follow_up (follow_up_id));
diesel::joinable!(identity -> principal (principal_id));
diesel::joinable!(indicator_cell -> network (network_id));
diesel::joinable!(indicator_cell -> organization (organization_id));
diesel::joinable!(indicator_total -> network (network_id));
diesel::joinable!(invitation -> member (member_id));
diesel::joinable!(invitation -> membership_request (request_id));
diesel::joinable!(invitation -> network (network_id));
diesel::joinable!(invitation -> organization (organization_id));
diesel::joinable!(member -> principal (id));
diesel::joinable!(member_expertise -> expertise_term (term_id));
diesel::joinable!(member_expertise -> member (member_id));
diesel::joinable!(membership -> affiliation (affiliation_id));
diesel::joinable!(membership -> member (member_id));
diesel::joinable!(membership -> network (network_id));
diesel::joinable!(membership -> organization (organization_id));
diesel::joinable!(membership -> source (source_id));
diesel::joinable!(membership_request -> affiliation (affiliation_id));
diesel::joinable!(membership_request -> member (member_id));
diesel::joinable!(membership_request -> membership (membership_id));
diesel::joinable!(membership_request -> network (network_id));
diesel::joinable!(membership_request -> organization (organization_id));
diesel::joinable!(membership_review -> network (network_id));
diesel::joinable!(membership_review_answer -> membership (membership_id));
diesel::joinable!(membership_review_answer -> membership_review (review_id));
diesel::joinable!(membership_review_answer -> principal (answered_by));
diesel::joinable!(network_score -> network (network_id));
diesel::joinable!(notification -> member (member_id));
diesel::joinable!(notification -> network (network_id));
diesel::joinable!(organization -> territory (territory_code));
diesel::joinable!(organization_period -> organization (organization_id));
diesel::joinable!(organization_siret -> organization (organization_id));
diesel::joinable!(role_assignment -> affiliation (affiliation_id));
diesel::joinable!(role_assignment -> member (member_id));
diesel::joinable!(role_assignment -> organization (organization_id));
diesel::joinable!(role_assignment -> principal (granted_by));
diesel::joinable!(search_name -> organization (organization_id));
diesel::joinable!(seat -> network (network_id));
diesel::joinable!(seat -> organization (organization_id));
diesel::joinable!(service_account -> member (owner_id));
diesel::joinable!(service_account -> organization (organization_id));
diesel::joinable!(service_account -> principal (id));
diesel::joinable!(service_account -> source (source_id));
diesel::joinable!(service_account_key -> service_account (service_account_id));
diesel::joinable!(tracking_cell -> network (network_id));
diesel::joinable!(tracking_cell -> organization (organization_id));

diesel::allow_tables_to_appear_in_same_query!(
    action_item,
    affiliation,
    announcement,
    audit_event,
    change,
    co_animation,
    contact,
    decision,
    delivery,
    directory_group,
    directory_user,
    epoch,
    expertise_endorsement,
    expertise_request,
    expertise_term,
    external_id,
    follow_up,
    follow_up_comment,
    idempotency_key,
    identity,
    indicator_cell,
    indicator_publication,
    indicator_total,
    invitation,
    member,
    member_expertise,
    membership,
    membership_request,
    membership_review,
    membership_review_answer,
    network,
    network_criterion,
    network_score,
    notification,
    organization,
    organization_link,
    organization_period,
    organization_siret,
    principal,
    reorganization,
    revoked_token,
    role_assignment,
    search_name,
    search_word,
    seat,
    service_account,
    service_account_key,
    source,
    task,
    territory,
    tracking_cell,
    used_assertion,
);
