-- What suggest_watches() knows of names: the words by which tables, columns and states are recognised, in several
-- languages. To teach it another word, add it to a line below.
--
-- Words are written as _plain_name() makes them: small letters, parts joined by '_', no accents, Cyrillic in the Latin
-- letters that sound nearest. This file is plain ASCII, so that a database of any encoding can read it.

-- A name as it is compared: OrderDate, "order date" and ORDER-DATE are order_date.
CREATE FUNCTION winback._plain_name(name text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain text := name;
    small text;
    big   text;
BEGIN
    IF octet_length(name) > length(name) AND getdatabaseencoding() = 'UTF8' THEN
        -- The Cyrillic letters; last those two signs that have no sound, which are left out.
        SELECT string_agg(chr(1072 + i), '' ORDER BY i IN (26, 28), i),
               string_agg(chr(1040 + i), '' ORDER BY i IN (26, 28), i)
          INTO small, big FROM generate_series(0, 31) i;
        plain := regexp_replace(normalize(plain, NFKD), '[\u0300-\u036f]', '', 'g');
        plain := translate(plain, small, 'abvgdezziiklmnoprstufhccssyeua');
        plain := translate(plain, big, 'ABVGDEZZIIKLMNOPRSTUFHCCSSYEUA');
        -- Latin letters that are not a letter with an accent: sharp s, stroked l, o and d, dotless i.
        plain := translate(plain, chr(223) || chr(322) || chr(248) || chr(273) || chr(305), 'slodi');
    END IF;
    plain := lower(regexp_replace(plain, '([a-z0-9])([A-Z])', '\1_\2', 'g'));
    RETURN btrim(regexp_replace(plain, '[^a-z0-9]+', '_', 'g'), '_');
END $$;
COMMENT ON FUNCTION winback._plain_name(text) IS
    'a name as suggest_watches() compares it: small letters, parts joined by _';

-- The name of a table as it is compared: without the s of a plural, and without numbers.
CREATE FUNCTION winback._plain_table_name(name text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(regexp_replace(p, '(.{3})s$', '\1'), '_' ORDER BY n)
      FROM regexp_split_to_table(regexp_replace(winback._plain_name(name), '[0-9]+', '', 'g'), '_')
           WITH ORDINALITY s (p, n)
     WHERE p <> ''
$$;
COMMENT ON FUNCTION winback._plain_table_name(text) IS 'the name of a table as suggest_watches() compares it';

-- Words of tables, by kind: what such a table is called, and by how much this speaks for it, or against it where it is
-- negative. An event's kind is the word that the rules look at.
CREATE FUNCTION winback._suggest_table_words() RETURNS TABLE (kind text, weight int, word text, event_kind text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT v.kind, v.weight, w, v.event_kind
      FROM (VALUES
        ('orders', 12, 'order zakaz zakazy bestellung bestellungen auftrag auftraege commande pedido encomenda ordine
            ordini zamowienie zamowienia objednavka objednavky siparis tilaus ordre bestelling', NULL),
        ('orders', 10, 'sale prodaza prodazi prodazha prodazhi realizacia verkauf verkaeufe vente venta venda vendita
            vendite sprzedaz prodej satis verkoop', NULL),
        ('orders', 8, 'invoice rechnung rechnungen facture factura fatura fattura faktura scet scheta laskut', NULL),
        ('orders', 7, 'purchase payment oe cek booking reservation donation', NULL),
        ('orders', 5, 'transaction receipt deal opportunity oportunidad subscription contract document
            dokument', NULL),
        ('orders', -20, 'purchase_order supplier vendor lieferant fournisseur proveedor postavsik line_item order_line
            order_item order_detail invoice_line sale_line', NULL),
        ('orders', -10, 'fiscalyear sequence line item detail position history log audit archive backup tmp temp status
            state type tag config setting template report summary stat change return refund tax address adjustment
            session event note comment message promotion discount method term shipping shipment delivery attachment
            file image rel link role permission claim exchange journal journey queue email notification part product
            category schedule token pos_config source stage team group currency rate allocation', NULL),
        ('order_lines', 12, 'order_line order_item order_detail line_item sale_line sale_item invoice_line invoice_item
            orderline orderitem orderdetail sale_order_line order_position orderposition bestellposition commandedet
            lignecommande lineapedido riga_ordine order_product order_transaction', NULL),
        ('order_lines', -10, 'history log audit archive backup tmp temp status tax adjustment discount rel link
            invoice_rel attachment note comment change return', NULL),
        ('calls', 12, 'call phonecall phone_call cdr call_log calllog call_record anruf anrufe telefonat telefonate
            appel llamada chamada chiamata zvonok zvonki polaczenie rozmowa hovor arama', NULL),
        ('calls', 5, 'actioncomm activity telephony', NULL),
        ('calls', -10, 'type status queue config setting template rule center note comment attachment user contact lead
            tag rel link history archive backup tmp', NULL),
        ('clients', 12, 'client customer klient klienty klijent kunde kunden cliente clienti kontragent kontragenty
            pokupatel pokupateli kontrahent asiakas musteri tabcustomer', NULL),
        ('clients', 9, 'party partner societe buyer debitor', NULL),
        ('clients', 6, 'account contact company companies person people member patient subscriber patron firma firmen
            entity_credit_account reference', NULL),
        ('clients', 4, 'user entity', NULL),
        ('clients', -10, 'fiscalyear period sequence heading reconciliation group category categories address addresse
            history log audit archive backup tmp temp status state type tag config setting template report summary stat
            change role permission token session note comment message line item rel link bank employee email phone
            identifier mechanism payment invoice order sale move journal tax class segment activity event file image
            preference plan document channel rule term stage team call currency', NULL),
        ('events', 12, 'complaint reclamation reklamation reklamacia beschwerde beschwerden queja reclamo reclamacao
            zaloba zhaloba reklamacja stiznost sikayet klacht', 'complaint'),
        ('events', 8, 'claim', 'complaint'),
        ('events', 5, 'ticket issue case', 'complaint'),
        ('events', 12, 'nps nps_score nps_response', 'nps'),
        ('events', 6, 'survey feedback', 'nps'),
        ('events', 9, 'inquiry inquiries enquiry enquiries anfrage anfragen zapros zaprosy', 'inquiry'),
        ('events', 9, 'offer offerte angebot angebote devis presupuesto', 'offer'),
        ('events', 5, 'quote quotation', 'offer'),
        ('events', -10, 'type status stage config setting template rule line item detail history log audit archive
            backup tmp temp attachment note comment message tag rel link file image category reason product user order
            action sequence', NULL)
      ) v (kind, weight, words, event_kind), regexp_split_to_table(v.words, '\s+') w
$$;
COMMENT ON FUNCTION winback._suggest_table_words() IS 'the words by which suggest_watches() recognises tables';

-- Words of columns, by kind and argument: the type that it takes (key, time, number, seconds, text, boolean), and how
-- well the word fits.
CREATE FUNCTION winback._suggest_column_words()
    RETURNS TABLE (kind text, argument text, wanted text, weight int, word text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT k, v.argument, v.wanted, v.weight, w
      FROM (VALUES
        ('orders calls events', 'client', 'key', 12, 'customer_id client_id customerid clientid customer client
            klient_id klient kunde_id kundennummer kunden_id kundennr kdnr cliente_id id_cliente cliente id_client
            cust_id custid cust_no customer_no customer_number customer_code client_code client_no customer_key
            client_key pokupatel kontragent kontragent_id musteri_id fk_soc fk_client id_customer
            commercial_partner_id'),
        ('orders calls events', 'client', 'key', 10, 'partner_id party partner party_id buyer_id buyer
            entity_credit_account account_id debitor_id company_id_customer parent_id'),
        ('orders calls events', 'client', 'key', 6, 'user_id contact_id person_id member_id patient_id subscriber_id
            userid account entity_id user'),
        ('orders calls events', 'client', 'key', 1, 'fld_rref'),
        ('calls', 'client', 'number_of_telephone', 3, 'src dst caller caller_id callee phone phone_number telephone'),

        ('orders', 'placed_at', 'time', 12, 'order_placed_at placed_at sold_at ordered_at order_date orderdate
            date_order completed_at sale_date date_commande purchased_at purchase_date bestelldatum auftragsdatum
            fecha_pedido data_zakaza data_ordine'),
        ('orders', 'placed_at', 'time', 10, 'transaction_date transdate payment_date posting_date invoice_date
            booking_date datef date_time date_facture rechnungsdatum fecha_factura close_date'),
        ('orders', 'placed_at', 'time', 8, 'date datum fecha data paid_at confirmed_at submitted_at order_time doc_date
            tarih'),
        ('orders', 'placed_at', 'time', 4, 'created_at create_date created creation date_creation creation_date
            inserted_at date_created created_on createdon timestamp'),
        ('orders', 'amount', 'number', 13, 'base_grand_total amount_total total_amount grand_total total_gross_amount
            total_ttc total_amount_cache total_price order_total total_cents total_in_cents total_amount_cents
            amount_total_cents gesamtbetrag montant_total importe_total summa_zakaza'),
        ('orders', 'amount', 'number', 11, 'total amount amount_bc betrag summe summa sum montant importe kwota tutar
            itogo amount_cents price_cents valor sub_total_with_tax'),
        ('orders', 'amount', 'number', 6, 'net_amount netamount total_ht sub_total subtotal price value revenue
            total_net total_net_amount amount_due fld'),
        ('orders', 'order_id', 'text', 3, 'order_number order_no order_id number code id ref ordnumber nomer
            uniqueid'),

        ('order_lines', 'amount', 'number', 12, 'line_total total_price total amount amount_total price_total subtotal
            price_subtotal line_amount extended_price betrag summa montant importe total_ttc'),
        ('order_lines', 'price', 'number', 10, 'unit_price price price_unit unitprice list_price preis einzelpreis prix
            precio cena'),
        ('order_lines', 'quantity', 'number', 10, 'quantity qty product_uom_qty menge anzahl quantite cantidad
            kolicestvo kol order_qty ordered_quantity'),
        ('order_lines', 'discount', 'number', 10, 'discount discount_rate rabatt remise descuento skidka'),

        ('calls', 'call_id', 'text', 5, 'uniqueid call_id id name'),
        ('calls', 'started_at', 'time', 12, 'started_at start_time call_date calldate date_start start_date start began
            begin began_at start_stamp datep called_at'),
        ('calls', 'started_at', 'time', 8, 'date datum fecha data date_time timestamp time'),
        ('calls', 'started_at', 'time', 4, 'created_at create_date created creation'),
        ('calls', 'seconds', 'seconds', 14, 'billsec bill_sec talk_time talk_seconds seconds duration_seconds
            duration_sec call_seconds talk_duration'),
        ('calls', 'seconds', 'seconds', 11, 'calling_duration call_duration dauer dlitelnost length length_seconds
            duration_minutes minutes'),
        ('calls', 'seconds', 'seconds', 8, 'duration'),
        ('calls', 'ended_at', 'time', 8, 'ended_at end_time date_end end_date end end_stamp datep2 finished_at'),
        ('calls', 'agent', 'text', 8, 'agent agent_id operator operator_id employee_user_id assigned_user_id staff_id
            fk_user_action user_id employee_id manager_id'),

        ('events', 'happened_at', 'time', 12, 'happened_at complaint_date reported_at opening_date opened_at
            answered_at submitted_at'),
        ('events', 'happened_at', 'time', 8, 'date datum fecha data date_time occurred_at'),
        ('events', 'happened_at', 'time', 5, 'created_at create_date created creation datec date_created timestamp'),
        ('events', 'value', 'number', 8, 'score nps nps_score rating value'),

        ('clients', 'name', 'text', 12, 'customer_name client_name company_name full_name'),
        ('clients', 'name', 'text', 10, 'name full_name fullname customer_name client_name company_name companyname
            naimenovanie nom nombre description pay_to_name display_name bezeichnung firmenname nazwa'),
        ('clients', 'name', 'text', 5, 'email email_address login code meta_number username'),
        ('clients', 'first_name', 'text', 8, 'first_name firstname vorname prenom given_name'),
        ('clients', 'last_name', 'text', 8, 'last_name lastname surname nachname family_name'),
        ('clients', 'manager', 'text', 12, 'account_manager'),
        ('clients', 'manager', 'text', 10, 'manager owner sales_rep salesperson betreuer otvetstvennyi menedzer
            manager_id owner_id assigned_user_id salesperson_id sales_rep_id'),
        ('clients', 'channel', 'text', 10, 'channel source lead_source kanal acquisition_channel customer_group'),
        ('clients', 'region', 'text', 10, 'region territory gebiet region_id'),
        ('clients', 'region', 'text', 5, 'country city land stadt ville ciudad gorod'),
        ('clients', 'department', 'text', 10, 'department abteilung branch filiale otdel'),
        ('clients', 'registered_at', 'time', 10, 'registered_at registration_date signup_date joined_at date_joined
            signed_up_at'),
        ('clients', 'registered_at', 'time', 6, 'created_at create_date created creation datec date_created startdate
            date_creation createdon'),
        ('clients', 'do_not_contact', 'boolean', 10, 'do_not_contact do_not_call dnc no_calls opt_out opted_out
            unsubscribed blocked is_blocked no_contact')
      ) v (kinds, argument, wanted, weight, words),
      regexp_split_to_table(v.kinds, ' ') k, regexp_split_to_table(v.words, '\s+') w
$$;
COMMENT ON FUNCTION winback._suggest_column_words() IS 'the words by which suggest_watches() recognises columns';

-- Columns that say of a row that it does not count, or does: the condition, %s being the column.
CREATE FUNCTION winback._suggest_conditions() RETURNS TABLE (kind text, word text, wanted text, condition text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT k, w, v.wanted, v.condition
      FROM (VALUES
        ('orders order_lines calls events', 'time', '%s IS NULL', 'deleted_at deleted_on date_deleted removed_at
            canceled_at cancelled_at voided_at deletedon'),
        ('orders order_lines calls events', 'boolean', '%s IS NOT TRUE', 'deleted is_deleted removed is_removed
            cancelled canceled is_cancelled is_canceled void voided is_void draft is_draft is_draft_order quotation
            is_quotation is_quote marked is_test udalen'),
        ('orders order_lines calls events', 'number', '%s IS DISTINCT FROM 1', 'deleted is_deleted is_cancelled
            is_canceled'),
        ('orders', 'boolean', '%s', 'posted is_posted'),
        ('orders', 'number', '%s = 1', 'docstatus oe_class_id'),
        ('orders', 'number', '%s > 0', 'fk_statut')
      ) v (kinds, wanted, condition, words),
      regexp_split_to_table(v.kinds, ' ') k, regexp_split_to_table(v.words, '\s+') w
$$;
COMMENT ON FUNCTION winback._suggest_conditions() IS
    'the columns by which suggest_watches() knows which rows count';

-- Columns of states, and the states in which a row is no order yet or no more, or a call that did not take place.
CREATE FUNCTION winback._suggest_states() RETURNS TABLE (what text, word text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT v.what, w
      FROM (VALUES
        ('column', 'state status order_status order_state status_code state_code stage zustand estado statut etat stato
            sostoanie durum disposition call_status'),
        ('no order', 'draft quotation quote quoted cart basket checkout adding_items arranging_payment unconfirmed
            expired abandoned cancelled canceled cancel void voided deleted rejected declined failed entwurf storniert
            angebot warenkorb brouillon annule annulee borrador cancelado cancelada anulado bozza annullato rascunho
            szkic anulowane cernovik otmenen otmenena iptal'),
        ('no call', 'planned not_held no_answer noanswer busy failed ringing queued missed canceled cancelled cancel
            open pending scheduled draft rejected')
      ) v (what, words), regexp_split_to_table(v.words, '\s+') w
$$;
COMMENT ON FUNCTION winback._suggest_states() IS 'the states by which suggest_watches() knows which rows count';
