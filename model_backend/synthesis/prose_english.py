"""The English of forms beside their labels: titles, sections, choices, questions, notes, tables."""

from __future__ import annotations

from model_backend.synthesis.word_lists import listed

TITLES = {
    "application": "Application for Employment|Membership Application|Application for Credit|"
    "Registration Form|Application for Permit|Enrollment Form|Change of Address|"
    "Request for Leave|Personnel Record|Conference Registration|Application for License|"
    "Scholarship Application|Volunteer Information Form|Request for Access|Vendor Registration|"
    "Employee Data Sheet|Subscription Form",
    "invoice": "Invoice|Statement of Account|Sales Invoice|Billing Statement|Credit Memo|"
    "Debit Memo|Check Request|Request for Payment|Payment Voucher|Bill|Remittance Advice|"
    "Payment Authorization",
    "fax": "Fax|Facsimile Cover Sheet|Fax Transmittal|Facsimile Transmission|"
    "Telecopy Cover Sheet|Fax Cover Page|Telefax|Fax Message|Facsimile Transmittal Sheet|"
    "Telecopier Cover Letter",
    "order": "Purchase Order|Order Form|Requisition|Work Order|Purchase Requisition|"
    "Shipping Order|Job Order|Supply Request|Print Order|Insertion Order|Material Request|"
    "Stock Order|Repair Order|Sample Request|Packing Slip|Delivery Receipt|Contract Order",
    "memo": "Memorandum|Inter-Office Memorandum|Office Memo|Interoffice Correspondence|"
    "Routing Slip|Transmittal Slip|Meeting Notice|Field Report|Trip Report|Telephone Message|"
    "Call Report|Action Request",
    "report": "Project Status Report|Progress Report|Capital Budget Request|"
    "Change of Authorized Cost|Project Initiation|Quality Improvement Suggestion|Approval Sheet|"
    "Research Authorization|Promotion Evaluation|Program Summary|Market Survey Report|Media Plan|"
    "Competitive Activity Report|Budget Transfer|Contract Approval|Document Clearance Sheet|"
    "Contribution Request|Inspection Report|Product Introduction Report|Event Summary|"
    "Technical Review|Appropriation Request",
    "laboratory": "Laboratory Report|Test Report|Analysis Request|Sample Analysis|"
    "Certificate of Analysis|Trial Specification|Material Safety Data|Physical Properties|"
    "Specification Sheet|Assay Report|Request for Analysis|Experiment Record|Compound Data Sheet|"
    "Quality Control Report|Formula Sheet",
    "expense": "Expense Report|Travel Expense Claim|Travel Request|Petty Cash Voucher|"
    "Mileage Report|Reimbursement Request|Statement of Expenses|Cash Advance Request|"
    "Weekly Expense Report",
    "claim": "Claim Form|Health Insurance Claim|Accident Report|Notice of Loss|"
    "Attending Physician's Statement|Patient Information|Medical History|Statement of Claim|"
    "Property Loss Notice|Incident Report|Authorization for Release of Records|Proof of Loss|"
    "Admission Record|Disability Claim",
    "questionnaire": "Questionnaire|Customer Survey|Opinion Survey|Consumer Questionnaire|"
    "Evaluation Form|Screening Questionnaire|Employee Survey|Course Evaluation|"
    "Product Test Questionnaire|Data Sheet",
}

SUBTITLES = listed(
    "Please print or type|(Please complete all items)|Confidential|For internal use only|"
    "Domestic|Original|(Use ball point pen)|See instructions on reverse|Page one|Section A|"
    "Part I|Revised|Draft|Third Quarter|Office copy|Return one copy|(Proposal attached)|"
    "To be completed by applicant|Form must be typed"
)

SECTIONS = listed(
    "General Information|Personal Information|Applicant|Employment History|Education|References|"
    "Billing Information|Shipping Information|For Office Use Only|Office Use Only|Approvals|"
    "Authorization|Signatures|Budget Summary|Estimated Costs|Payment|Description|Results|"
    "Specifications|Instructions|Schedule|Distribution|Materials|Project Dates|Status|Background|"
    "Medical Information|Insurance|Summary|Remarks|Physical Characteristics|Weights|Packaging|"
    "Test Conditions|Findings|Contact Information|Details|Cost Breakdown|Reportable Items|"
    "Competitive Activity|Promotional Impact|Geography|Comparison|Recommendation|Certification|"
    "Itinerary|Expenses|Vehicle|Family Members|Products|Delivery|Other|Media|Response|Controls|"
    "Coverage|Type of Request|Purpose|Effectiveness|Comments|Follow-up|Market Information"
)

CHOICES = (
    "Yes,No",
    "Yes,No,Pending",
    "Yes,No,N/A",
    "Male,Female",
    "Single,Married,Widowed,Divorced",
    "New,Renewal,Change",
    "Full-time,Part-time,Temporary",
    "Cash,Check,Credit Card,Money Order",
    "Mail,Phone,Fax,In Person",
    "Urgent,For Review,Please Comment,Please Reply",
    "Approved,Rejected,Returned",
    "Excellent,Good,Fair,Poor",
    "Air,Auto,Train,Other",
    "Daily,Weekly,Monthly",
    "Increase,Decrease,No Change",
    "Capital,Expense",
    "Shipment,Transfer,Return",
    "Full,Partial",
    "Original,Revised,Supplement",
    "Light,Moisture,Heat,Other",
    "Ground,Express,Overnight",
    "Regular,Special,Rush",
    "Positive,Negative,Not Tested",
    "Oral,Dermal,Inhalation",
    "Will call again,Please call,Returned your call,Urgent",
    "Agree,Neutral,Disagree",
    "Very satisfied,Satisfied,Not satisfied",
    "Every day,Some days,Rarely,Never",
    "Employee,Spouse,Child,Other",
    "Owner,Tenant",
    "Television,Radio,Newspaper,Magazine,Outdoor",
    "First class,Coach",
    "Solid,Liquid,Gas",
    "Small,Medium,Large",
    "Under 18,18-24,25-34,35-49,50 or over",
    "High School,College,Graduate School",
    "Domestic,International",
    "Prepaid,Collect",
    "North,South,East,West,Central",
    "Bulletin,Wall,Rotary",
    "Unchanged,Decomposition",
    "Morning,Afternoon,Evening",
    "Purchase,Lease,Repair",
)

ASKS = listed(
    "Check one|Type|Status|Implement|Purpose|Method of payment|Response|Sex|Class|Reason|"
    "Priority|Frequency|Type of request|Method of travel|Condition|Receipts attached|Attachments|"
    "Approval required|Position|Budgeted|Action|Solvent|Sensitive to|Region|This is|Coverage|"
    "Competitive|Relation to insured|Rating|Mode of shipment|Disposition|Required|"
    "Change requested|Route|Submission|Legal review|Follow-up required"
)

QUESTIONS = listed(
    "Have you ever been {verb} by {thing}?|Are you a citizen of this country?|"
    "Do you own or rent your home?|Have you contacted your supervisor?|"
    "Was the {thing} received in good condition?|How often do you use this {thing}?|"
    "Which {thing} do you use most often?|Is the {thing} still in use?|"
    "How long have you used the present {thing}?|Would you recommend this {thing} to others?|"
    "What did you like most about the {thing}?|What did you dislike about the {thing}?|"
    "Were there any problems with the {thing}?|Has this {thing} been approved by the department?|"
    "Do you have other insurance?|Was the accident reported to the police?|"
    "Are you now taking any medicine?|Is this condition related to your employment?|"
    "Where did you first hear about the {thing}?|How many people live in your household?|"
    "What is the estimated cost of the {thing}?|When will the {thing} be completed?|"
    "If yes, please explain|If other, please specify|If no, state reason|"
    "Who should be notified in case of emergency?|Date the {thing} was last inspected|"
    "How would you rate the quality of the {thing}?|Did you see the {thing} on display?|"
    "Please list any {thing} that you have used in the past year|"
    "Number of times the {thing} was returned|Please describe the {thing} and how it was used|"
    "May we contact your present employer?|Do you intend to buy this {thing} again?|"
    "Will additional personnel be required?|Has the budget been reviewed?|"
    "Can the {thing} be used without change?|Reason for leaving"
)

NOTES = listed(
    "Please complete all sections of this form and return it to the office shown above.|"
    "Attach all receipts and supporting documents.|"
    "This form must be signed by the department head before it can be processed.|"
    "I certify that the above information is true and correct to the best of my knowledge.|"
    "Please do not write below this line.|Do not write in this space.|"
    "Payment is due within thirty days of the date of this invoice.|"
    "Retain the pink copy for your records and forward all other copies.|"
    "The information contained in this message is intended only for the person named above and "
    "may be privileged and confidential. If you are not the intended recipient, any review or "
    "distribution of it is prohibited. If you received it in error, please notify us by "
    "telephone at once.|"
    "If you do not receive all of the pages, please call us as soon as possible.|"
    "No commitment may be made until this form has been approved.|"
    "All prices are subject to change without notice.|Use additional sheets if necessary.|"
    "Complete in triplicate.|Make checks payable to the office listed above.|"
    "Allow four to six weeks for delivery.|Samples will be discarded after ninety days.|"
    "The undersigned agrees to the terms and conditions stated on the reverse side of this form.|"
    "It is understood that this estimate is based on current rates and may be revised.|"
    "Report all changes to the coordinator not later than the fifth day of each month.|"
    "Failure to supply the information requested may delay the processing of your request.|"
    "Enter one item on each line.|White copy - file|Yellow copy - originator|"
    "An equal opportunity employer|Thank you for your cooperation.|"
    "Return no later than two weeks prior to the date of the meeting.|"
    "By signing below you authorize us to obtain such information as may be needed for the "
    "review of this request. A copy of this authorization shall be as valid as the original."
)

STAMPS = listed(
    "RECEIVED|COPY|CONFIDENTIAL|PAID|FILE COPY|DRAFT|APPROVED|ORIGINAL|ENTERED|POSTED|VOID|FILED"
)

COLUMNS = {
    "product": "Description|Item|Product|Brand|Article|Service|Name of Item|Material",
    "count": "Qty.|Quantity|Units|No.|Hours|Cases|Count|Ordered|Shipped|Received|Miles|Copies|"
    "Volume",
    "amount": "Amount|Price|Unit Price|Total|Cost|Extension|Charges|Budget|Actual|Net|Fee|"
    "Total Cost|Balance",
    "code": "Item No.|Code|Catalog No.|Account|Stock No.|Part No.|Ref.|Invoice|Sample|Check No.|"
    "Lot",
    "date": "Date|Due|Date Received|From|To|Week Of|Shipped On|Start|End",
    "percent": "%|Share|% of Total|Rate|Change|Discount|Recovery",
    "number": "Result|Mean|Test 1|Test 2|Test 3|Control|Value|Limit|Average|Std. Dev.|Year 1|"
    "Year 2|Year 3|Low|High|Jan.|Feb.|Mar.|1st Qtr.|2nd Qtr.|3rd Qtr.|4th Qtr.|Plan|Target|"
    "Sample A|Sample B|Group I",
    "city": "City|Market|Location|Region|Place|Destination|Store",
    "person": "Name|Employee|Contact|Salesman|Approved|Doctor|Dependent|Interviewer",
    "company": "Account|Company|Supplier|Vendor|Name of Account|Employer|Agency|Publication",
    "phrase": "Purpose|Remarks|Reason|Type|Activity|Position|Procedure|Method|Size",
}

ROWS = listed(
    "Total|Subtotal|Labor|Materials|Travel|Overhead|Equipment|Supplies|Salaries|Rent|Printing|"
    "Postage|Production|Space|Art Work|Talent|Freight|Contingency|Advertising|Promotion|Research|"
    "Other|Professional|Fees|Meals|Lodging|Telephone|Insurance|Taxes|Maintenance|Utilities|"
    "Training|Consulting|Photography|First Quarter|Second Quarter|Third Quarter|Fourth Quarter|"
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Monday|Tuesday|Wednesday|Thursday|Friday|Control|Low Dose|Mid Dose|High Dose|Overall Length|"
    "Filter Length|Net Weight|Gross Weight|Moisture Content|Diameter|Paper|Adhesive|Color|"
    "Supplier|Supplier Code|Bobbin Width|Porosity|Ventilation|Substance|Print|Nitrogen|Ash|Sugar|"
    "Chloride|Solids|Iron|Lead|Calcium|Protein|Glucose|Cholesterol|Water|Light|Air|Acid|Base|Men|"
    "Women|Children|Age 18-24|Age 25-34|Region I|Region II|Northeast|Southeast|Midwest|West|"
    "Direct|Mail"
)

FORM_WORDS = listed("Form|FORM|Rev.|REV.|Ed.|Form No.")
PAGE_WORDS = listed(
    "Page {n}|Page {n} of {of}|- {n} -|{n}|PAGE {n}|Page {n} of {of} pages|{n}/{of}"
)
